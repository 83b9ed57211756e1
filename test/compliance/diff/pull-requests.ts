import type { Cloud } from '../../../constructs/compliance/model.js';
import type { DiffReport } from '../../../constructs/compliance/diff/compare.js';
import type { Json, JsonObject } from '../../corpus/mutator.js';
import { artifact, compare, variant } from './fixture.js';

/** A realistic change and what a reviewer has to hear of it. */
export interface PullRequest {
  readonly name: string;
  readonly verdict: DiffReport['verdict'];
  /** Ids of changes that must be told, as patterns; none for changes that nobody needs to hear of. */
  readonly tells: Readonly<Record<Cloud, RegExp | null>>;
  readonly run: (cloud: Cloud) => DiffReport;
}

const object = (value: Json | undefined): JsonObject => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return value;
};
const list = (value: Json | undefined): Json[] => {
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  return value;
};

const word = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

interface Found {
  readonly name: string;
  readonly body: JsonObject;
  readonly properties: JsonObject;
}

/** Every resource of a type: CloudFormation bodies, or new states of a preview. */
function all(document: JsonObject, type: RegExp): Found[] {
  if (document['steps']) {
    return list(document['steps']).map((step) => object(object(step)['newState'])).filter((state) => type.test(word(state['type'])))
      .map((state) => ({ name: word(state['urn']).split('::').at(-1)!, body: state, properties: object(state['inputs']) }));
  }
  return Object.entries(object(document['Resources'])).filter(([, body]) => type.test(word(object(body)['Type'])))
    .map(([name, body]) => ({ name, body: object(body), properties: (object(body)['Properties'] ?? {}) as JsonObject }));
}
function one(document: JsonObject, type: RegExp, name = /./): Found {
  const found = all(document, type).find((candidate) => name.test(candidate.name));
  if (!found) throw new Error(`no ${type.source} named ${name.source}`);
  return found;
}

/** Edits the text of an artifact. */
const rewritten = (document: JsonObject, change: (text: string) => string): JsonObject => {
  const text = JSON.stringify(document);
  const result = change(text);
  if (result === text) throw new Error('nothing was replaced');
  return JSON.parse(result) as JsonObject;
};

/** The embedded workload file, changed. */
function workload(document: JsonObject, change: (workload: JsonObject) => void): void {
  const holder = object(document['Metadata'] ?? document['config']);
  const held = holder['tee-kit:workload']!;
  const wrapped = typeof held === 'object' && held !== null && !Array.isArray(held) && 'value' in held ? held : undefined;
  const text = wrapped ? wrapped['value'] : held;
  const parsed = typeof text === 'string' ? (JSON.parse(text) as JsonObject) : object(text);
  change(parsed);
  const changed = typeof text === 'string' ? JSON.stringify(parsed) : parsed;
  if (wrapped) wrapped['value'] = changed;
  else holder['tee-kit:workload'] = changed;
}

/** Every number of days, in whatever unit the provider counts. */
const retention = (days: number) => (document: JsonObject, cloud: Cloud): void => {
  workload(document, (file) => { object(file['retention'])['days'] = days; });
  if (cloud === 'aws') {
    for (const { properties } of all(document, /^AWS::S3::Bucket$/)) {
      const lock = properties['ObjectLockConfiguration'];
      if (lock) object(object(object(lock)['Rule'])['DefaultRetention'])['Days'] = days;
    }
  } else if (cloud === 'azure') {
    for (const { properties } of all(document, /storage(\/v\d+)?:StorageAccount$/)) {
      const policy = properties['immutableStorageWithVersioning'];
      if (policy) object(object(policy)['immutabilityPolicy'])['immutabilityPeriodSinceCreationInDays'] = days;
    }
  } else {
    for (const { properties } of all(document, /ProjectBucketConfig$/)) properties['retentionDays'] = days;
    for (const { properties } of all(document, /storage\/bucket:Bucket$/)) if (properties['retentionPolicy']) object(properties['retentionPolicy'])['retentionPeriod'] = String(days * 86_400);
  }
};

/** Renames resources that hold nothing, everywhere they are named, and puts the whole artifact in another order. */
function refactored(document: JsonObject, cloud: Cloud): JsonObject {
  if (cloud === 'aws') {
    const names = all(document, /^AWS::(EC2|IAM|AutoScaling|Route53Resolver)::/).map(({ name }) => name);
    const renamed = rewritten(document, (text) => names.reduce((result, name) => result.replace(new RegExp(`(?<![\\w])${name}(?![\\w])`, 'g'), `Moved${name}`), text));
    renamed['Resources'] = Object.fromEntries(Object.entries(object(renamed['Resources'])).reverse());
    return renamed;
  }
  const named = all(document, /network|compute|privatedns|RoleAssignment|dns\/|tagBinding|IAMMember/).map(({ name, body }) => [word(body['type']), name] as const);
  const renamed = rewritten(document, (text) => named.reduce((result, [type, name]) => result.replaceAll(`${type}::${name}.`, `${type}::moved-${name}.`).replaceAll(`${type}::${name}"`, `${type}::moved-${name}"`), text));
  list(renamed['steps']).reverse();
  return renamed;
}

function widened(document: JsonObject, cloud: Cloud): void {
  if (cloud === 'aws') Object.assign(one(document, /SecurityGroupIngress$/, /Tee/).properties, { FromPort: 22, ToPort: 8443 });
  else if (cloud === 'azure') {
    const rules = all(document, /NetworkSecurityGroup$/).flatMap(({ properties }) => list(properties['securityRules']).map(object)).filter((rule) => rule['direction'] === 'Inbound' && rule['access'] === 'Allow');
    if (rules.length === 0) throw new Error('no inbound rule');
    for (const rule of rules) Object.assign(rule, { destinationPortRange: '22-8443' });
  } else {
    const rule = list(one(document, /networkFirewallPolicyWithRules/i).properties['rules']).map(object).find(({ action, direction }) => action === 'allow' && direction === 'INGRESS' );
    if (!rule) throw new Error('no ingress rule');
    Object.assign(object(rule['match']), { layer4Configs: [{ ipProtocol: 'tcp', ports: ['22-8443'] }] });
  }
}

/** Statements, branches or bindings of the gate in another order. */
function reordered(document: JsonObject, cloud: Cloud): void {
  if (cloud === 'aws') list(object(one(document, /^AWS::KMS::Key$/, /Phi/).properties['KeyPolicy'])['Statement']).reverse();
  else if (cloud === 'azure') {
    const policy = object(object(one(document, /keyvault(\/v\d+)?:Key$/, /^phi$/).properties['properties'])['releasePolicy']);
    const rules = JSON.parse(Buffer.from(word(policy['data']), 'base64url').toString('utf8')) as JsonObject;
    for (const branch of list(rules['anyOf'])) list(object(branch)['allOf']).reverse();
    policy['data'] = Buffer.from(JSON.stringify(rules)).toString('base64url');
  } else {
    const { properties } = one(document, /cryptoKeyIAMPolicy/i);
    const policy = JSON.parse(word(properties['policyData'])) as JsonObject;
    list(policy['bindings']).reverse();
    properties['policyData'] = JSON.stringify(policy);
  }
}

/** The role or identity of the TEE under another name, wherever it is named. */
function roleRenamed(document: JsonObject, cloud: Cloud): JsonObject {
  const role = cloud === 'aws' ? one(document, /^AWS::IAM::Role$/, /Tee/) : cloud === 'azure' ? one(document, /UserAssignedIdentity$/) : one(document, /serviceaccount\/account/);
  const property = cloud === 'aws' ? 'RoleName' : cloud === 'azure' ? 'resourceName' : 'accountId';
  const name = word(role.properties[property]);
  return rewritten(document, (text) => text.replace(new RegExp(`(?<![\\w-])${name}(?=["@/:])`, 'g'), `${name}-v2`));
}

/** What a newer CDK or provider writes differently. */
function upgraded(document: JsonObject, cloud: Cloud): JsonObject {
  if (cloud === 'aws') {
    for (const { body } of all(document, /./)) body['Metadata'] = { ...object(body['Metadata'] ?? {}), 'aws:cdk:version': '2.999.0' };
    for (const { properties } of all(document, /^AWS::EC2::VPC$/)) properties['InstanceTenancy'] = 'default';
    for (const { properties } of all(document, /^AWS::IAM::Role$/)) properties['Description'] = 'Written by a newer version';
    return document;
  }
  for (const { body } of all(document, /^(azure-native|gcp):/)) body['provider'] = 'urn:pulumi:x::tee-kit::pulumi:providers:x::default_99_0_0::04da6b54-80e4-46f7-96ec-b56ff0331ba9';
  if (cloud === 'gcp') return document;
  return rewritten(document, (text) => text.replace(/azure-native:([a-z]+)(\/v\d+)?:(?=[A-Z])/g, 'azure-native:$1/v20990101:'));
}

const edited = (change: (document: JsonObject, cloud: Cloud) => JsonObject | void, base: (document: JsonObject, cloud: Cloud) => void = () => undefined) => (cloud: Cloud): DiffReport => {
  const [before, after] = [artifact(cloud), artifact(cloud)];
  base(before, cloud);
  return compare(cloud, before, change(after, cloud) ?? after);
};

const approvers = (names: readonly string[]) => (cloud: Cloud): DiffReport => {
  const head = artifact(cloud, variant('measurement'));
  workload(head, (file) => { object(object(object(file['measurements'])[cloud])['inference-2'])['approvedBy'] = [...names]; });
  return compare(cloud, artifact(cloud), head);
};

const NOTHING = { aws: null, azure: null, gcp: null } as const;
const everywhere = (pattern: RegExp) => ({ aws: pattern, azure: pattern, gcp: pattern });

export const PULL_REQUESTS: readonly PullRequest[] = [
  { name: 'harmless refactor', verdict: 'neutral', tells: NOTHING, run: edited(refactored) },
  { name: 'instance size', verdict: 'neutral', tells: NOTHING, run: (cloud) => compare(cloud, artifact(cloud), artifact(cloud, variant('size'))) },
  { name: 'new measurement, approved', verdict: 'neutral', tells: everywhere(/ measurement measurements\.\w+\.inference-2$/), run: approvers(['release-board@hospital.example', 'security@hospital.example']) },
  { name: 'new measurement, one approver', verdict: 'weaker', tells: everywhere(/ measurement measurements\.\w+\.inference-2$/), run: approvers(['release-board@hospital.example']) },
  { name: 'new measurement, approved twice by one person', verdict: 'weaker', tells: everywhere(/ measurement measurements\.\w+\.inference-2$/), run: approvers(['Release-Board@hospital.example', 'release-board@hospital.example']) },
  { name: 'retention 7 to 5 years', verdict: 'weaker', tells: everywhere(/ (log-retention|workload) .*/), run: edited(retention(1826), retention(2557)) },
  { name: 'security group widened', verdict: 'weaker', tells: everywhere(/ (flow|rule) .*/), run: edited(widened) },
  { name: 'key policy statement reordered', verdict: 'neutral', tells: NOTHING, run: edited(reordered) },
  { name: 'role renamed', verdict: 'neutral', tells: NOTHING, run: edited(roleRenamed) },
  {
    name: 'exemption added', verdict: 'weaker', tells: everywhere(/ exemption .* baa-tags-complete$/),
    run: (cloud) => {
      const entry = { rule: 'baa-tags-complete', resource: 'some/resource', reason: 'moves next month', owner: 'a@hospital.example', approver: 'b@hospital.example', expiry: '2027-01-31', source: 'exemptions.yaml', kind: 'file' as const };
      return compare(cloud, artifact(cloud), artifact(cloud), { decisions: { base: { exemptions: [], acknowledgements: [] }, head: { exemptions: [entry], acknowledgements: [] } } });
    },
  },
  { name: 'module upgraded', verdict: 'neutral', tells: NOTHING, run: edited(upgraded) },
];
