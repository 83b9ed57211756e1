import { allHosts, list, shown, teeHosts } from '../aws.js';
import { machines } from '../gcp.js';
import { at, type Deployment, isObject, type Resource, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { emailOf, refersTo, text } from '../prove/gcp/names.js';
import { starts, STARTERS } from '../prove/aws/starters.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

/** Properties of an override that change what a machine runs; a size or a place does not. */
const CHANGING = ['ImageId', 'BlockDeviceMappings', 'InstanceRequirements'];

/** Whether a version is that of the template in the artifact. */
function versionOf(deployment: Deployment, template: Resource, version: Value | undefined, path: string): readonly Defect[] {
  if (version instanceof Unknown) return [unknown(path, version.reason)];
  if (typeof version === 'string' && deployment.target(version) === template && version.endsWith('.LatestVersionNumber}')) return [];
  if (typeof version === 'string' && version.startsWith('${') && deployment.target(version) === undefined) return [unknown(path, `${version} is not in the artifact`)];
  if ((typeof version === 'string' && /^\d+$/.test(version)) || typeof version === 'number') return [unknown(path, `which version ${version} is, is not in the artifact: CloudFormation makes a new one on every change, and this one stays`)];
  return [fail(path, `${shown(version)} is whatever version the account then holds, not the one in the artifact`)];
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const tee = new Set(teeHosts(deployment).map(({ resource }) => resource));
  const templates = allHosts(deployment).map(({ resource }) => resource).filter(({ type }) => type === 'AWS::EC2::LaunchTemplate');
  for (const starter of STARTERS.flatMap((type) => deployment.ofType(type))) {
    const { specs, overrides } = starts(starter.properties);
    let judged = false;
    const defects: Defect[] = [];
    for (const { path, spec } of specs) {
      const id = at(spec, 'LaunchTemplateId') ?? at(spec, 'LaunchTemplateName');
      const template = deployment.target(id) ?? templates.find(({ properties }) => typeof id === 'string' && properties['LaunchTemplateName'] === id);
      if (template && !tee.has(template)) continue;
      judged = true;
      if (template) defects.push(...versionOf(deployment, template, at(spec, 'Version'), `${path}.Version`));
      else defects.push(unknown(path, `what the launch template ${shown(id)} starts is not in the artifact`));
    }
    if (!judged) continue;
    for (const { path, spec } of overrides) {
      if (!isObject(spec)) defects.push(unknown(path, spec instanceof Unknown ? spec.reason : `${shown(spec)} is no override`));
      else for (const name of CHANGING) if (spec[name] !== undefined && spec[name] !== null) defects.push(fail(`${path}.${name}`, 'takes the place of what the template says, which is what was reviewed'));
    }
    yield* outcomes(starter, defects);
  }
};

const GROUPS = ['gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager', 'gcp:compute/instanceGroupManager:InstanceGroupManager'];
const SINGLE = /^gcp:compute\/(region)?[pP]erInstanceConfig:/;
const JOB = 'gcp:cloudscheduler/job:Job';

/** Metadata that a group or a single machine lays over the template. */
function laidOver(value: Value | undefined, path: string): readonly Defect[] {
  if (value === undefined || value === null) return [];
  if (!isObject(value)) return [unknown(path, value instanceof Unknown ? value.reason : `${shown(value)} is no metadata`)];
  return Object.keys(value).map((name) => fail(`${path}.${name}`, 'takes the place of what the template says, which is what was reviewed'));
}

/** The templates that a request body names; undefined where the body cannot be read. */
function templatesOf(body: Value | undefined): readonly string[] | undefined {
  const encoded = text(body);
  if (body instanceof Unknown || encoded === undefined) return undefined;
  try {
    const request = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as Value;
    if (!isObject(request)) return undefined;
    const versions = list(request['versions']);
    const named = [request['instanceTemplate'], ...(versions instanceof Unknown ? [] : versions.map((version) => at(version, 'instanceTemplate')))].filter((one) => one !== undefined);
    return named.flatMap((one) => text(one) ?? []);
  } catch {
    return undefined;
  }
}

/** A call of the compute API on a schedule starts approved machines and nothing else. */
function call(deployment: Deployment, job: Resource): readonly Defect[] {
  const uri = at(job.properties, 'httpTarget.uri');
  const token = at(job.properties, 'httpTarget.oauthToken');
  const where = text(uri);
  if (uri === undefined && token === undefined) return [];
  if (where === undefined) return [unknown('httpTarget.uri', 'where it calls is not known')];
  const email = emailOf(deployment, at(token, 'serviceAccountEmail'));
  const named = [deployment.workload?.clouds.gcp?.deployer, deployment.workload?.breakGlass.gcp];
  const defects: Defect[] = [];
  if (token !== undefined && token !== null) {
    if (!/^https:\/\/[a-z0-9-]+\.googleapis\.com\//.test(where)) defects.push(fail('httpTarget.uri', `an access token of ${email ?? 'its account'} is sent to ${where}`));
    if (email !== undefined && named.includes(`serviceAccount:${email}`)) defects.push(fail('httpTarget.oauthToken.serviceAccountEmail', 'it calls as the deployer, who may change the gate'));
  }
  if (!where.includes('instanceGroupManagers/')) return defects;
  const method = at(job.properties, 'httpTarget.httpMethod');
  if (method === 'DELETE' || method instanceof Unknown) defects.push((method === 'DELETE' ? fail : unknown)('httpTarget.httpMethod', 'the schedule takes the group away'));
  const templates = templatesOf(at(job.properties, 'httpTarget.body'));
  const known = machines(deployment);
  if (at(job.properties, 'httpTarget.httpMethod') !== 'PATCH' || at(job.properties, 'httpTarget.body') === undefined) return defects;
  if (!templates) return [...defects, unknown('httpTarget.body', 'what it makes the group start cannot be read')];
  return [...defects, ...templates.filter((template) => !known.some((machine) => deployment.target(template) === machine || refersTo(deployment, template, machine))).map((template) => fail('httpTarget.body', `makes the group start ${template}, which is not in the artifact`))];
}

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const group of GROUPS.flatMap((type) => deployment.ofType(type))) yield* outcomes(group, laidOver(at(group.properties, 'allInstancesConfig.metadata'), 'allInstancesConfig.metadata'));
  for (const single of deployment.resources.filter(({ type }) => SINGLE.test(type))) {
    const state = single.properties['preservedState'];
    yield* outcomes(single, [
      ...laidOver(at(state, 'metadata'), 'preservedState.metadata'),
      ...['disks', 'externalIps'].flatMap((name) => { const found = list(at(state, name)); return found instanceof Unknown ? [unknown(`preservedState.${name}`, found.reason)] : found.length > 0 ? [fail(`preservedState.${name}`, 'one machine of the fleet is unlike the template')] : []; }),
    ]);
  }
  for (const job of deployment.ofType(JOB)) yield* outcomes(job, call(deployment, job));
};

export const rule = defineRule({
  id: 'tee-template-not-overridden',
  title: 'The fleet starts what its template says, on every machine and on every schedule',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(c)(1)', '45 CFR 164.308(a)(5)(ii)(B)', '45 CFR 164.308(a)(1)(ii)(B)'],
  why: 'What is reviewed is the template. A group can lay its own metadata over it, a configuration of one machine can keep a disk or a command, a version that moves can start what nobody reviewed, and a scheduled call can swap the template for another, at three in the morning and with a token of its own.',
  fix: {
    aws: 'Use EnclaveFleet, or name a launch template of the artifact with Version Fn::GetAtt LatestVersionNumber (no $Latest, $Default or number), and no override of ImageId, BlockDeviceMappings or InstanceRequirements.',
    gcp: 'Use ConfidentialSpace and FleetRefresh, or no allInstancesConfig.metadata, no PerInstanceConfig with metadata, disks or external addresses, and scheduler jobs that call googleapis.com only, name a template of the artifact and do not run as the deployer.',
  },
  checks: { aws, gcp },
});
