import { balancerAttribute, want } from '../aws.js';
import { auditedResources } from '../azure.js';
import { at, isList, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { logSources } from '../prove/azure/logs.js';
import { sameProject } from '../prove/gcp/iam.js';
import { auditedProjects, sinksOf, takes } from '../prove/gcp/logs.js';
import { type Check, defineRule, fail, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = function* (deployment) {
  const trails = deployment.ofType('AWS::CloudTrail::Trail');
  if (trails.length === 0 && processesPhi(deployment)) yield* outcomes(deployment.root, fail('', 'no AWS::CloudTrail::Trail in the artifacts'));
  for (const trail of trails) yield* outcomes(trail, want(trail, 'IsLogging', true, 'nothing is recorded'));
  if (!processesPhi(deployment)) return;
  for (const balancer of deployment.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')) {
    if (balancer.properties['Type'] !== 'gateway') yield* outcomes(balancer, balancerAttribute(balancer, 'access_logs.s3.enabled', 'who connects leaves no record'));
  }
};

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const sources = logSources(deployment);
  // A first preview tells of which account an unknown id came, not which of its services it names.
  const judge = (id: string | undefined, what: string): Verdict => {
    const own = sources.filter(({ of }) => of === id && id !== undefined);
    if (own.some(({ enabled }) => enabled === true)) return true;
    const vague = own.find(({ enabled }) => enabled instanceof Unknown) ?? (own.length === 0 ? sources.find(({ of, resource }) => of === undefined || (id === `${of}/blobservices/default` && isList(at(resource.attributes, 'propertyDependencies.resourceUri')))) : undefined);
    return vague ? unknown('', `whether ${what} is recorded is not known: ${vague.enabled instanceof Unknown ? vague.enabled.reason : `what ${vague.resource.name} records cannot be told`}`)
      : fail('', own.length === 0 ? `no diagnostic setting records the use of ${what}` : `${own.map(({ resource }) => resource.name).join(', ')} of ${what} records nothing`);
  };
  for (const [resource, id] of auditedResources(deployment)) yield* outcomes(resource, judge(id, resource.name));
  yield* outcomes(deployment.root, judge('subscription', 'the subscription (its activity log)'));
};

const AUDIT_CONFIG = /^gcp:(projects|folder|organizations)\/iAMAuditConfig:|^gcp:folder\/iamAuditConfig:/;

const gcp: Check = function* (deployment) {
  const configs = deployment.resources.filter(({ type }) => AUDIT_CONFIG.test(type));
  for (const project of auditedProjects(deployment)) {
    const audited = configs.some(({ type, properties }) => properties['service'] === 'allServices' && (!type.startsWith('gcp:projects/') || sameProject(deployment, properties['project'], project) !== 'no'));
    const sent = sinksOf(deployment).filter((sink) => takes(deployment, sink, project) && sink.disabled !== true);
    yield* outcomes(deployment.root, [
      ...(audited ? [] : [fail('', `no audit configuration for allServices of project ${project}: neither decryptions nor token exchanges are recorded`)]),
      ...(sent.length > 0 ? [] : [fail('', `no sink takes the logs of project ${project}`)]),
    ]);
  }
  for (const { resource, disabled } of sinksOf(deployment)) yield* outcomes(resource, disabled === false ? true : disabled === undefined ? unknown('disabled', 'whether the sink is on is not told') : fail('disabled', 'the sink is disabled'));
};

export const rule = defineRule({
  id: 'audit-log-enabled',
  title: 'The audit trail is on',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.308(a)(1)(ii)(D)'],
  why: 'Without a trail neither a breach nor its absence can be shown.',
  fix: {
    aws: 'Use LogVault, or an AWS::CloudTrail::Trail with IsLogging true, and access_logs.s3.enabled on load balancers.',

    azure: 'Use LogVault, or diagnostic settings on the subscription, vault, storage and attestation authority.',

    gcp: 'Use LogVault, or an audit config for allServices and a log sink.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
