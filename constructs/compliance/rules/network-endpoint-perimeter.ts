import { bucketOf, isAllow, ownAccounts, type PolicyStatement, shown, statements } from '../aws.js';
import { type Deployment, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Operations that have no resource to be bound to. */
const WITHOUT_RESOURCE: ReadonlySet<string> = new Set(['kms:generaterandom', 'sts:getcalleridentity', 'cloudwatch:putmetricdata', 'ec2messages:*', 'ssm:updateinstanceinformation']);
/** Buckets from which AWS delivers packages and agents; their readers are partly anonymous. */
const OF_AWS = /^arn:[^:]*:s3:::(al2023-|amazon-ssm-|aws-ssm-|amazoncloudwatch-agent|patch-baseline-snapshot-|prod-[a-z0-9-]+-starport-layer-bucket|[a-z0-9-]+-birdwatcher-prod|aws-windows-downloads-|\*?\.?amazonlinux)/;
const EXACT = /^(foranyvalue:)?(stringequals|stringequalsignorecase|arnequals|arnlike|stringlike)$/;

class Perimeter {
  private readonly accounts: ReadonlySet<string>;
  private readonly organization: string | undefined;
  private readonly images: ReadonlySet<string>;

  constructor(private readonly deployment: Deployment) {
    this.accounts = ownAccounts(deployment);
    this.organization = deployment.workload?.clouds?.aws?.organization;
    this.images = new Set(Object.values(deployment.workload?.measurements?.aws ?? {}).flatMap((measurement) => ('artifact' in measurement ? [measurement.artifact.bucket] : [])));
  }

  isOwn(value: string): boolean {
    if (/^[*?]*$/.test(value)) return false;
    const account = /^\d{12}$/.test(value) ? value : /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(value)?.[1];
    if (account !== undefined) return this.accounts.size === 0 || this.accounts.has(account);
    if (/^o-[a-z0-9]+/.test(value)) return this.organization === undefined || value.split('/')[0] === this.organization;
    return [...this.deployment.targets(value)].length > 0 || value.includes('${AWS::AccountId}');
  }

  bound(statement: PolicyStatement, keys: RegExp): boolean {
    return statement.conditions.some(({ operator, key, values }) => keys.test(key) && EXACT.test(operator) && values.length > 0 && values.every((value) => this.isOwn(value)));
  }

  ownResource(text: string): boolean {
    const bucket = /^arn:[^:]*:s3:::([^/*?]+)/.exec(text)?.[1];
    if (bucket !== undefined) return this.images.has(bucket) || bucketOf(this.deployment, text) !== undefined;
    return this.isOwn(text);
  }

  judge(statement: PolicyStatement): Defect[] {
    const defects: Defect[] = [];
    if (!statement.notResources && statement.resources.length > 0 && statement.resources.every((text) => OF_AWS.test(text)) && statement.actions.every((action) => /^s3:(get|list)/.test(action))) return [];
    const named = statement.principals !== undefined && !statement.notPrincipal && statement.principals.length > 0 && statement.principals.every((principal) => this.isOwn(principal));
    if (!named && !this.bound(statement, /^aws:(principalaccount|principalorgid|principalorgpaths|principalarn)$/)) defects.push(fail(statement.path, `serves principals of any account, or of accounts that are not the deployment's: ${shown(statement.actions.join(', '))}`));
    const free = !statement.notActions && statement.actions.every((action) => WITHOUT_RESOURCE.has(action));
    const resources = !statement.notResources && statement.resources.length > 0 && statement.resources.every((text) => this.ownResource(text));
    if (!free && !resources && !this.bound(statement, /^aws:(resourceaccount|resourceorgid|resourceorgpaths)$|^s3:resourceaccount$/)) {
      const strange = statement.notResources ? 'all but some resources' : statement.resources.filter((text) => !this.ownResource(text)).slice(0, 3).join(', ');
      defects.push(fail(statement.path, `leads to ${strange}, not known to be the deployment's`));
    }
    return defects;
  }
}

function judge(endpoint: Resource, perimeter: Perimeter): readonly Defect[] | null {
  const service = endpoint.properties['ServiceName'];
  if (endpoint.properties['VpcEndpointType'] === 'GatewayLoadBalancer' || (typeof service === 'string' && service.startsWith('com.amazonaws.vpce.'))) return null;
  const document = endpoint.properties['PolicyDocument'];
  if (document === undefined || document === null) return [fail('PolicyDocument', 'no policy: AWS lets everybody reach everything through it')];
  const all = statements(document, 'PolicyDocument');
  if (all instanceof Unknown) return [unknown('PolicyDocument', `the policy is not known: ${all.reason}`)];
  return all.filter(isAllow).flatMap((statement) => perimeter.judge(statement));
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const perimeter = new Perimeter(deployment);
  for (const endpoint of deployment.ofType('AWS::EC2::VPCEndpoint')) yield* outcomes(endpoint, judge(endpoint, perimeter));
};

export const rule = defineRule({
  id: 'network-endpoint-perimeter',
  title: 'Endpoints lead from own principals to own resources',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'An endpoint that serves any account is a way out of a network without internet: a stranger\'s credentials, or a stranger\'s bucket, is all it takes.',
  fix: {
    aws: 'Use PrivateNetwork, or bind each Allow of PolicyDocument to aws:PrincipalAccount or aws:PrincipalOrgID, and to aws:ResourceAccount, aws:ResourceOrgID or named resources of the own accounts.',
  },
  checks: { aws },
});
