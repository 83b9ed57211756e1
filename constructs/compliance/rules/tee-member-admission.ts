import { list, number, shown, teeHosts, text } from '../aws.js';
import { teeGuests, wantsOneOf, wants } from '../azure.js';
import { at, type Deployment, type Resource, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { listAt } from '../prove/azure/arm.js';
import { machines, runsConfidentialSpace, toggle } from '../gcp.js';
import { refersTo, text as plain, TYPE } from '../prove/gcp/names.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown, type Verdict } from '../rule.js';

/** Longest time in seconds for which a host outlives the withdrawal of its measurement: 30 days, the patch cycle. */
const LONGEST_SECONDS = 2_592_000;

/** The launching hooks of a group, its own and those beside it. */
function hooks(deployment: Deployment, group: Resource): readonly Value[] | Unknown {
  const own = list(group.properties['LifecycleHookSpecificationList']);
  if (own instanceof Unknown) return own;
  const beside = deployment.ofType('AWS::AutoScaling::LifecycleHook').filter((hook) => (deployment.refersTo(hook.properties['AutoScalingGroupName'], group) || hook.properties['AutoScalingGroupName'] === group.properties['AutoScalingGroupName']) && !(hook.attributes['Condition'] instanceof Unknown));
  return [...own, ...beside.map((hook) => hook.properties)].filter((hook) => at(hook, 'LifecycleTransition') === 'autoscaling:EC2_INSTANCE_LAUNCHING');
}

function judge(deployment: Deployment, group: Resource): Verdict {
  const defects: Defect[] = [];
  const launching = hooks(deployment, group);
  if (launching instanceof Unknown) defects.push(unknown('LifecycleHookSpecificationList', `the hooks are not known: ${launching.reason}`));
  else if (!launching.some((hook) => (at(hook, 'DefaultResult') ?? 'ABANDON') === 'ABANDON')) {
    defects.push(fail('LifecycleHookSpecificationList', launching.length === 0 ? 'no launching hook: a host joins before it attested' : `the launching hook's DefaultResult is ${launching.map((hook) => shown(at(hook, 'DefaultResult'))).join(', ')}: a host that never attests joins after the timeout`));
  }
  const lifetime = number(group.properties['MaxInstanceLifetime']);
  if (lifetime instanceof Unknown) defects.push(unknown('MaxInstanceLifetime', lifetime.reason));
  else if (lifetime === undefined || lifetime <= 0 || lifetime > LONGEST_SECONDS) defects.push(fail('MaxInstanceLifetime', `MaxInstanceLifetime is ${shown(lifetime)}: a host runs on with a withdrawn measurement`));
  return defects;
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const templates = teeHosts(deployment).map((host) => host.resource);
  for (const group of deployment.ofType('AWS::AutoScaling::AutoScalingGroup')) {
    const launched = [group.properties['LaunchTemplate'], group.properties['MixedInstancesPolicy'], group.properties['LaunchConfigurationName']];
    const elsewhere = launched.every((value) => [...deployment.targets(value)].every((target) => !templates.includes(target))) && launched.some((value) => [...deployment.targets(value)].length > 0);
    if (!elsewhere) yield* outcomes(group, judge(deployment, group));
  }
};

const azure: Check = function* (deployment) {
  for (const set of teeGuests(deployment)) {
    if (!set.type.endsWith('ScaleSet')) continue;
    const extensions = listAt(set.properties, 'virtualMachineProfile.extensionProfile.extensions');
    const probe = at(set.properties, 'virtualMachineProfile.networkProfile.healthProbe.id');
    const checked = probe !== undefined || (!(extensions instanceof Unknown) && extensions.some((extension) => /^ApplicationHealth/i.test(text(at(extension, 'type')))));
    const flexible = at(set.properties, 'orchestrationMode') === 'Flexible';
    yield* outcomes(set, [
      ...(checked ? [] : [fail('virtualMachineProfile.networkProfile.healthProbe', 'no health probe: a member that never attested counts as healthy')]),
      ...wants(at(set.properties, 'automaticRepairsPolicy.enabled'), 'automaticRepairsPolicy.enabled', true, 'a member that fails its probe stays in the set', false),
      ...(flexible && at(set.properties, 'upgradePolicy.mode') === undefined ? [] : wantsOneOf(at(set.properties, 'upgradePolicy.mode'), 'upgradePolicy.mode', ['Manual', 'Rolling'], 'every member changes at once, before the new one attested')),
      ...wants(at(set.properties, 'upgradePolicy.automaticOSUpgradePolicy.enableAutomaticOSUpgrade'), 'upgradePolicy.automaticOSUpgradePolicy.enableAutomaticOSUpgrade', false, 'images change without review', false),
    ]);
  }
};

const GROUPS = ['gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager', 'gcp:compute/instanceGroupManager:InstanceGroupManager'];

/** What makes a new version of the template, or of its name alone, replace the machines. */
const ROLLS: Readonly<Record<string, string>> = { 'updatePolicy.type': 'PROACTIVE', 'updatePolicy.minimalAction': 'REPLACE' };

const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** False for a schedule in crontab form whose days no month of its has, such as the 31st of February. */
function everComes(schedule: string | undefined): boolean {
  const [, , days = '*', months = '*', weekdays = '*'] = schedule?.trim().split(/\s+/) ?? [];
  if (weekdays !== '*' || !/^\d+(,\d+)*$/.test(days) || !/^\d+(,\d+)*$/.test(months)) return true;
  return months.split(',').some((month) => days.split(',').some((day) => Number(day) <= (DAYS_OF_MONTHS[Number(month) - 1] ?? 0)));
}

/** The port that a health check probes, when it names one. */
function probed(check: Resource | undefined): number | undefined {
  const probe = ['tcpHealthCheck', 'sslHealthCheck', 'httpHealthCheck', 'httpsHealthCheck', 'http2HealthCheck', 'grpcHealthCheck'].map((name) => at(check?.properties ?? {}, `${name}.port`)).find((port) => port !== undefined && port !== null);
  const port = Number(plain(probe) ?? Number.NaN);
  return Number.isInteger(port) ? port : undefined;
}

function admission(deployment: Deployment, group: Resource, spaces: readonly Resource[]): Verdict {
  const defects: Defect[] = [];
  const versions = list(group.properties['versions']);
  if (versions instanceof Unknown) return unknown('versions', `the versions are not known: ${versions.reason}`);
  if (versions.length === 0) return unknown('versions', 'no version says what it starts');
  const templates = versions.map((version) => at(version, 'instanceTemplate'));
  const known = machines(deployment);
  const found = templates.map((template) => known.find((machine) => refersTo(deployment, template, machine)));
  templates.forEach((_, index) => { if (!found[index]) defects.push(unknown(`versions[${index}].instanceTemplate`, 'the template is not in the artifact: what it starts is not known')); });
  const health = at(group.properties, 'autoHealingPolicies');
  if (health instanceof Unknown) defects.push(unknown('autoHealingPolicies', health.reason));
  else if (at(health, 'healthCheck') === undefined) defects.push(fail('autoHealingPolicies', 'no auto-healing: a machine that never attested stays in the group'));
  else if (deployment.workload && found.some((machine) => machine && spaces.includes(machine))) {
    const named = at(health, 'healthCheck');
    if (typeof named === 'string' && /^(projects\/|https:)/.test(named) && !deployment.resources.some(({ type, properties }) => /ealthCheck:/.test(type) && plain(properties['name']) !== undefined && named.endsWith(`/${plain(properties['name']) ?? ''}`))) defects.push(unknown('autoHealingPolicies.healthCheck', `${named} is not in the artifact: what it asks is not known`));
    const port = probed(deployment.target(named));
    const { flows, segments } = deployment.workload;
    const served = Object.values(flows).filter(({ to }) => segments[to]?.purpose === 'tee').map((flow) => flow.port);
    const check = deployment.target(named);
    if (check && port === undefined) defects.push(unknown('autoHealingPolicies.healthCheck', `${check.name} tells no port`));
    if (port !== undefined && !served.includes(port)) defects.push(fail('autoHealingPolicies.healthCheck', `the health check asks port ${port}, which no flow of the workload file leads to (${served.join(', ')}): it tells nothing of the service that attested`));
  }
  if (!found.some((machine) => machine && spaces.includes(machine))) return defects;
  for (const [path, wanted] of Object.entries(ROLLS)) {
    const value = at(group.properties, path);
    if (value !== wanted) defects.push((value instanceof Unknown ? unknown : fail)(path, `${path} is ${shown(value)}: a new version reaches no running machine; use ${wanted}`));
  }
  // The verifier withdraws old images: a machine that is never replaced loses the key, or runs on with known holes.
  const name = plain(group.properties['name']);
  const jobs = deployment.ofType('gcp:cloudscheduler/job:Job').filter((job) => {
    const uri = plain(at(job.properties, 'httpTarget.uri'));
    return uri !== undefined && (toggle(job.properties['paused']) ?? false) === false && at(job.properties, 'httpTarget.oauthToken') !== undefined && everComes(plain(job.properties['schedule'])) && ((name !== undefined && uri.includes(`instanceGroupManagers/${name}`)) || deployment.refersTo(uri, group));
  });
  // A patch that says what the one before said replaces nothing.
  const patches = jobs.filter((job) => at(job.properties, 'httpTarget.httpMethod') === 'PATCH');
  const same = patches.length === jobs.length && new Set(patches.map((job) => JSON.stringify(at(job.properties, 'httpTarget.body')))).size < 2;
  if (jobs.length > 0 && same) defects.push(fail('', 'the scheduled patch of its versions always says the same, and so replaces machines once and never again'));
  if (jobs.length === 0) defects.push(fail('', 'nothing replaces its machines on a schedule: they run on after their image is withdrawn'));
  return defects;
}

const gcp: Check = function* (deployment) {
  const all = machines(deployment);
  const spaces = all.filter(runsConfidentialSpace);
  for (const machine of all) {
    const action = machine.properties['keyRevocationActionType'];
    yield* outcomes(machine, action === 'STOP' ? true : action instanceof Unknown ? unknown('keyRevocationActionType', action.reason) : fail('keyRevocationActionType', `keyRevocationActionType is ${shown(action)}: the machine runs on after its key is revoked`));
  }
  for (const instance of all.filter(({ type }) => type === TYPE.instance)) {
    const kept = toggle(instance.properties['deletionProtection']);
    yield* outcomes(instance, kept === true ? true : kept instanceof Unknown ? unknown('deletionProtection', kept.reason) : fail('deletionProtection', `deletionProtection is ${shown(instance.properties['deletionProtection'])}: no group replaces it when it is deleted`));
  }
  if (all.length > 0) for (const type of GROUPS) for (const group of deployment.ofType(type)) yield* outcomes(group, admission(deployment, group, spaces));
};

export const rule = defineRule({
  id: 'tee-member-admission',
  title: 'Only members that attest join the fleet, and none lives forever',
  theme: 'confidential-vm',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(d)', '45 CFR 164.308(a)(3)(ii)(C)'],
  why: 'A member that starts without a valid measurement, or runs on after its measurement was withdrawn, serves PHI outside the gate.',
  fix: {
    aws: 'Use EnclaveFleet, or a launching lifecycle hook with DefaultResult ABANDON and MaxInstanceLifetime on the Auto Scaling group.',

    azure: 'Use ConfidentialScaleSet, or an application health check, automaticRepairsPolicy.enabled true and a manual or rolling upgrade policy.',

    gcp: 'Use ConfidentialSpace in a managed group with an auto-healing health check and versioned template, keyRevocationActionType STOP.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
