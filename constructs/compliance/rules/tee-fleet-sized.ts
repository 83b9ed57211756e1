import { number, shown, teeHosts } from '../aws.js';
import { lower, teeGuests } from '../azure.js';
import { machines } from '../gcp.js';
import { at, type Resource, Unknown, type Value } from '../model.js';
import { armOf, listAt } from '../prove/azure/arm.js';
import { refersTo } from '../prove/gcp/names.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** A defect when a fleet may fall below the number of members that the workload file names. */
function atLeast(least: number, value: Value | undefined, path: string): Defect[] {
  const found = number(value);
  if (found instanceof Unknown) return [unknown(path, `${path} is not known: ${found.reason}`)];
  return found !== undefined && found < least ? [fail(path, `${path} is ${shown(value)}; the workload file names ${least}`)] : [];
}

const aws: Check = function* (deployment) {
  const least = deployment.workload?.clouds.aws?.instances?.min;
  if (least === undefined) return;
  const hosts = new Set<Resource>(teeHosts(deployment).map(({ resource }) => resource));
  for (const group of deployment.ofType('AWS::AutoScaling::AutoScalingGroup')) {
    const starts = ['LaunchTemplate', 'MixedInstancesPolicy', 'LaunchConfigurationName'].some((name) => [...deployment.targets(group.properties[name])].some((target) => hosts.has(target)));
    if (starts) yield* outcomes(group, [...atLeast(least, group.properties['MinSize'], 'MinSize'), ...atLeast(least, group.properties['MaxSize'], 'MaxSize'), ...atLeast(least, group.properties['DesiredCapacity'], 'DesiredCapacity')]);
  }
};

/** Machines that Azure may take back at any time. */
function spot(set: Resource): Defect[] {
  const path = 'virtualMachineProfile.priority';
  const priority = at(set.properties, path);
  if (priority instanceof Unknown) return [unknown(path, priority.reason)];
  return priority === undefined || priority === null || lower(priority) === 'regular' ? [] : [fail(path, `priority is ${shown(priority)}: Azure takes the members back when it needs them`)];
}

const azure: Check = function* (deployment) {
  const least = deployment.workload?.clouds.azure?.instances?.min;
  if (least === undefined) return;
  const sets = teeGuests(deployment).filter(({ type }) => type.endsWith('ScaleSet'));
  for (const set of sets) yield* outcomes(set, [...atLeast(least, at(set.properties, 'sku.capacity'), 'sku.capacity'), ...spot(set)]);
  const arm = armOf(deployment);
  for (const scaling of deployment.ofType('azure-native:monitor:AutoscaleSetting')) {
    const target = arm.find(scaling.properties['targetResourceUri']);
    if (!target || !sets.includes(target) || scaling.properties['enabled'] === false) continue;
    const profiles = listAt(scaling.properties, 'profiles');
    yield* outcomes(scaling, profiles instanceof Unknown ? unknown('profiles', profiles.reason) : profiles.flatMap((profile, index) => ['minimum', 'maximum'].flatMap((name) => atLeast(least, at(profile, `capacity.${name}`), `profiles[${index}].capacity.${name}`))));
  }
};

const gcp: Check = function* (deployment) {
  const least = deployment.workload?.clouds.gcp?.instances?.min;
  if (least === undefined) return;
  const templates = machines(deployment);
  const groups = deployment.resources.filter(({ type, properties }) => /^gcp:compute\/(region)?[iI]nstanceGroupManager:/.test(type) && templates.some((template) => deployment.refersTo(properties['versions'] ?? null, template)));
  for (const group of groups) yield* outcomes(group, atLeast(least, group.properties['targetSize'], 'targetSize'));
  for (const scaler of deployment.resources.filter(({ type }) => /^gcp:compute\/(region)?[aA]utoscaler:/.test(type))) {
    if (!groups.some((group) => refersTo(deployment, scaler.properties['target'], group))) continue;
    const mode = at(scaler.properties, 'autoscalingPolicy.mode');
    yield* outcomes(scaler, [
      ...['minReplicas', 'maxReplicas'].flatMap((name) => atLeast(least, at(scaler.properties, `autoscalingPolicy.${name}`) ?? 0, `autoscalingPolicy.${name}`)),
      ...(mode === 'OFF' ? [fail('autoscalingPolicy.mode', 'mode is OFF: members that are lost are not replaced')] : []),
    ]);
  }
};

export const rule = defineRule({
  id: 'tee-fleet-sized',
  title: 'The fleet never falls below the number of members that the workload file names',
  theme: 'confidential-vm',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(C)', '45 CFR 164.312(a)(2)(ii)'],
  why: 'Nothing but the TEE can read the records. A fleet that may shrink to one member, or to none, makes them unavailable when they are needed most.',
  fix: {
    aws: 'Use EnclaveFleet, or MinSize, MaxSize and DesiredCapacity of at least clouds.aws.instances.min of the workload file.',
    azure: 'Use ConfidentialScaleSet, or sku.capacity and the minimum and maximum of every autoscale profile of at least clouds.azure.instances.min of the workload file.',
    gcp: 'Use ConfidentialSpace, or targetSize (without an autoscaler) or autoscalingPolicy.minReplicas and maxReplicas of at least clouds.gcp.instances.min of the workload file, mode ON.',
  },
  checks: { aws, azure, gcp },
});
