import { bucketOf, hostRoles, isAllow, ownAccounts, rolePolicies, shown, statements, type PolicyStatement } from '../aws.js';
import { type Deployment, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Actions that take no resource, or only say what exists and send measurements and health out. */
const WITHOUT_RESOURCE = /^[\w-]+:(describe\w*|list(?!bucket)\w*|getauthorizationtoken|getcalleridentity|putmetricdata|generaterandom|puttracesegments|puttelemetryrecords|getsampling\w+|updateinstanceinformation)$/;
/** Reading one object or version needs no more than the name of the bucket: the releases of the workload lie in another. */
const READS = /^s3:(getobject\w*|listbucket\w*|getbucketlocation)$/;

function judge(deployment: Deployment, own: ReadonlySet<string>, statement: PolicyStatement): readonly Defect[] {
  const actions = statement.actions.filter((action) => !WITHOUT_RESOURCE.test(action));
  if (statement.notActions || actions.length === 0) return [];
  if (statement.notResources) return [fail(statement.path, 'NotResource allows everything that is not named, in every account')];
  const says = shown(actions.join(', '));
  return statement.resources.flatMap((resource): readonly Defect[] => {
    if (resource.startsWith('${')) return [];
    const [, , service, , account] = resource.split(':');
    if (!resource.startsWith('arn:') || service === undefined || /^[*?]*$/.test(service)) return [fail(statement.path, `allows ${says} on ${shown(resource)}: whatever it is and whosever`)];
    if (service === 's3') {
      const releases = Object.values(deployment.workload?.measurements?.aws ?? {}).flatMap((build) => ('artifact' in build ? [build.artifact?.bucket] : []));
      const name = resource.split(':').slice(5).join(':').split('/')[0] ?? '';
      if (/[*?]/.test(name)) return [fail(statement.path, `allows ${says} on ${shown(resource)}: any bucket of that name, whosever`)];
      if (bucketOf(deployment, resource) || name.startsWith('${') || (actions.every((action) => READS.test(action)) && (releases.includes(name) || deployment.workload === null))) return [];
      return [(actions.every((action) => READS.test(action)) ? unknown : fail)(statement.path, `allows ${says} on bucket ${shown(name)}, which is neither in the artifact nor one of the workload's releases`)];
    }
    if (account === undefined || account.startsWith('${') || (account === '' && service !== 'kms')) return [];
    return own.size > 0 && !own.has(account) ? [fail(statement.path, `allows ${says} on ${shown(resource)}, which is not of the deployment's accounts`)] : [];
  });
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const own = ownAccounts(deployment);
  for (const role of hostRoles(deployment)) {
    for (const { resource, path, document } of rolePolicies(deployment, role)) {
      const all = statements(document, path);
      yield* outcomes(resource, all instanceof Unknown ? unknown(path, `the policy is not known: ${all.reason}`) : all.filter(isAllow).flatMap((statement) => judge(deployment, own, statement)));
    }
  }
};

export const rule = defineRule({
  id: 'tee-identity-own-resources',
  title: 'The identity of the TEE reaches the workload\'s own resources and no others',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.312(e)(1)'],
  why: 'What the identity may write to decides where PHI can go: a bucket, queue, function or role of somebody else is a way out through the front door of every private endpoint.',
  fix: {
    aws: 'Use EnclaveFleet, or name the ARN of a resource of the artifact (or of the own account) in every Allow of the host\'s role, a bucket of releases for reading only, and "*" only for actions that take no resource.',
  },
  checks: { aws },
});
