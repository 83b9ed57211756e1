import type { Theme } from '../../../constructs/compliance/rule.js';
import type { Json, JsonObject, Mutator } from '../mutator.js';

export const ACCOUNT = '111122223333';
export const STRANGER = '999988887777';
export const roleArn = (name: string, account = ACCOUNT): string => `arn:aws:iam::${account}:role/${name}`;
export const ADMINISTRATOR = roleArn('phi-key-administrator');
export const BREAK_GLASS = roleArn('phi-break-glass');
export const DEPLOYER = roleArn(`cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-us-east-1`);
export const PCR = 'kms:RecipientAttestation:';

export function obj(value: Json | undefined): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return value;
}

export function arr(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  return value;
}

/** Runs every match of a predicate; a mutator that finds nothing to change is stale. */
export function some<T>(list: readonly T[], what: string): readonly T[] {
  if (list.length === 0) throw new Error(`nothing to change: ${what}`);
  return list;
}

export function text(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error(`not text: ${JSON.stringify(value)}`);
  return value;
}

/** `Name.Attribute` of a Fn::GetAtt. */
export const dotted = (value: Json | undefined): string => arr(value).map(text).join('.');
export const says = (value: Json | undefined, text: string): boolean => JSON.stringify(value ?? null).includes(text);
export const getAtt = (id: string, attribute: string): JsonObject => ({ 'Fn::GetAtt': [id, attribute] });
export const ref = (id: string): JsonObject => ({ Ref: id });

/** One resource of the template. */
export class Body {
  constructor(readonly id: string, readonly raw: JsonObject) {}
  get p(): JsonObject {
    return obj(this.raw['Properties'] ??= {});
  }
  /** Statements of the policy document in a property. */
  statements(property = 'PolicyDocument'): JsonObject[] {
    return arr(obj(this.p[property])['Statement']).map(obj);
  }
  keep(property: string, keep: (statement: JsonObject) => boolean): void {
    const document = obj(this.p[property]);
    const all = arr(document['Statement']);
    const left = all.filter((one) => keep(obj(one)));
    some(all.slice(left.length), `${this.id} ${property}`);
    document['Statement'] = left;
  }
  push(property: string, ...statements: JsonObject[]): void {
    arr(obj(this.p[property])['Statement']).push(...statements);
  }
}

/** The shipped template, with the lookups that mutators share: by type and meaning, never by logical id. */
export class Template {
  constructor(readonly raw: JsonObject) {}
  get resources(): JsonObject {
    return obj(this.raw['Resources']);
  }
  get workload(): JsonObject {
    return obj(obj(this.raw['Metadata'])['tee-kit:workload']);
  }
  all(type: string, test: (body: Body) => boolean = () => true): readonly Body[] {
    return some(Object.entries(this.resources).map(([id, raw]) => new Body(id, obj(raw))).filter((body) => body.raw['Type'] === type && test(body)), type);
  }
  one(type: string, test?: (body: Body) => boolean): Body {
    return this.all(type, test)[0] as Body;
  }
  remove(...bodies: readonly Body[]): void {
    for (const { id } of some(bodies, 'remove')) delete this.resources[id];
  }
  /** A sibling with the tags that everything has, so that its missing tags are not what is noticed. */
  add(id: string, type: string, properties: JsonObject, attributes: JsonObject = {}): Body {
    const tags = arr(structuredClone(this.phiKey.p['Tags'])).filter((tag) => obj(tag)['Key'] !== 'key-purpose');
    this.resources[id] = { Type: type, Properties: { Tags: tags, ...properties }, ...attributes };
    return new Body(id, obj(this.resources[id]));
  }

  get phiKey(): Body {
    return this.one('AWS::KMS::Key', ({ p }) => says(p['KeyPolicy'], PCR));
  }
  key(purpose: string): Body {
    return this.one('AWS::KMS::Key', ({ p }) => arr(p['Tags']).some((tag) => obj(tag)['Key'] === 'key-purpose' && obj(tag)['Value'] === purpose));
  }
  get logsKey(): Body {
    return this.key('logs');
  }
  get vault(): Body {
    return this.one('AWS::S3::Bucket', ({ p }) => p['ObjectLockConfiguration'] !== undefined);
  }
  get intake(): Body {
    return this.one('AWS::S3::Bucket', ({ p }) => p['ReplicationConfiguration'] !== undefined);
  }
  get store(): Body {
    return this.one('AWS::S3::Bucket', ({ p }) => p['LoggingConfiguration'] !== undefined);
  }
  policyOf(bucket: Body): Body {
    return this.one('AWS::S3::BucketPolicy', ({ p }) => says(p['Bucket'], bucket.id));
  }
  get teeRole(): Body {
    return this.one('AWS::IAM::Role', ({ p }) => says(p['AssumeRolePolicyDocument'], 'ec2.amazonaws.com'));
  }
  get teeArn(): string {
    return roleArn(String(this.teeRole.p['RoleName'] as string));
  }
  get teePolicy(): Body {
    return this.one('AWS::IAM::ManagedPolicy', ({ p }) => says(p['Roles'], this.teeRole.id));
  }
  get host(): JsonObject {
    return obj(this.hostTemplate.p['LaunchTemplateData']);
  }
  get hostTemplate(): Body {
    return this.one('AWS::EC2::LaunchTemplate', ({ p }) => says(p, 'EnclaveOptions'));
  }
  get fleet(): Body {
    return this.one('AWS::AutoScaling::AutoScalingGroup', ({ p }) => says(p, this.hostTemplate.id));
  }
  /** Changes the boot script; the text must be there. References inside it stay. */
  boot(from: string | RegExp, to: string): void {
    const written = obj(this.host['UserData'])['Fn::Base64'];
    const parts = typeof written === 'string' ? [written] : arr(arr(obj(written)['Fn::Join'])[1]);
    const before = parts.map((part, index) => (typeof part === 'string' ? part : `\u0000${index}\u0000`)).join('');
    const after = before.replace(from, to);
    if (after === before) throw new Error(`the boot script has no ${String(from)}`);
    const changed = after.split('\u0000').map((part, index) => (index % 2 === 0 ? part : (parts[Number(part)] ?? '')));
    this.host['UserData'] = { 'Fn::Base64': changed.length === 1 ? (changed[0] ?? '') : { 'Fn::Join': ['', changed] } };
  }
  get trail(): Body {
    return this.one('AWS::CloudTrail::Trail');
  }
  get vpc(): Body {
    return this.one('AWS::EC2::VPC');
  }
  segment(type: string, name: string): readonly Body[] {
    return this.all(type, ({ p }) => Array.isArray(p['Tags']) && p['Tags'].some((tag) => obj(tag)['Key'] === 'phi-segment' && obj(tag)['Value'] === name));
  }
  groupId(segment: string): JsonObject {
    return getAtt((this.segment('AWS::EC2::SecurityGroup', segment)[0] as Body).id, 'GroupId');
  }
  subnets(segment: string): readonly Body[] {
    return this.segment('AWS::EC2::Subnet', segment);
  }
  /** Route table of a segment's first subnet. */
  routes(segment: string): Json {
    const subnet = this.subnets(segment)[0] as Body;
    return this.one('AWS::EC2::SubnetRouteTableAssociation', ({ p }) => says(p['SubnetId'], subnet.id)).p['RouteTableId'] as Json;
  }
  endpoint(service: string): Body {
    return this.one('AWS::EC2::VPCEndpoint', ({ p }) => String(p['ServiceName'] as string).endsWith(`.${service}`));
  }
}

/** Statements of the PHI key by what they do. */
export const isGate = (statement: JsonObject): boolean => statement['Effect'] === 'Allow' && says(statement['Condition'], PCR);
export const isUnattestedDeny = (statement: JsonObject): boolean => statement['Effect'] === 'Deny' && says(statement['Condition'], PCR);
const denies = (action: string, condition: string) => (statement: JsonObject): boolean => statement['Effect'] === 'Deny' && says(statement['Action'], action) && says(statement['Condition'], condition);
export const isDenyOfOthers = denies('kms:Decrypt', 'aws:PrincipalArn');
export const isNetworkDeny = denies('kms:Decrypt', 'aws:SourceVpce');
export const isContextDeny = denies('kms:Decrypt', 'kms:EncryptionContext');
export const isSideDoorDeny = (statement: JsonObject): boolean => statement['Effect'] === 'Deny' && says(statement['Action'], 'kms:CreateGrant');
export const isChangeDeny = denies('kms:PutKeyPolicy', 'ArnNotEquals');
export const allowTo = (principal: string) => (statement: JsonObject): boolean => statement['Effect'] === 'Allow' && says(statement['Principal'], principal);

type Apply = (template: Template) => void;
const mutator = (effect: Mutator['effect']) => (family: Theme) => (name: string, apply: Apply): Mutator => ({ name, family, effect, apply: (artifact) => apply(new Template(artifact)) });
export const weakerIn = mutator('weaker');
export const harmlessIn = mutator('harmless');
