import { KEY_PURPOSE_TAG } from '../workload/tags.js';
import { at, type Deployment, isList, isObject, perDeployment, type Resource, Unknown, type Value } from './model.js';

/** Where each cloud keeps the tags of a resource. */
const TAG_PATHS = ['Tags', 'TagSpecifications', 'tags', 'labels', 'userLabels'] as const;

/** The tags of a resource as a map, whatever the cloud's shape; `Unknown` when the artifact does not tell them. */
export function tagsOf(resource: Resource): Readonly<Record<string, Value>> | Unknown {
  const result: Record<string, Value> = {};
  for (const path of TAG_PATHS) {
    const value = resource.properties[path];
    if (value instanceof Unknown) return value;
    if (isList(value)) {
      for (const tag of value) {
        if (tag instanceof Unknown) return tag;
        const key = at(tag, 'Key');
        if (typeof key === 'string') result[key] = at(tag, 'Value') ?? '';
      }
    } else if (isObject(value)) Object.assign(result, value);
  }
  return result;
}

/** What a key says that it protects; undefined when it does not say. */
export function keyPurpose(key: Resource): string | undefined {
  const tags = tagsOf(key);
  const purpose = tags instanceof Unknown ? undefined : tags[KEY_PURPOSE_TAG];
  return typeof purpose === 'string' ? purpose : undefined;
}

const KEY_TYPES = { aws: ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey'], azure: ['azure-native:keyvault:Key'], gcp: ['gcp:kms/cryptoKey:CryptoKey'] } as const;

/** Every key resource of a deployment. */
export function allKeys(deployment: Deployment): readonly Resource[] {
  return KEY_TYPES[deployment.cloud].flatMap((type) => [...deployment.ofType(type)]);
}

const ATTESTATION_TEXT = /kms:recipientattestation:|x-ms-(isolation-tee|attestation-type|compliance-status)|confidentialcomputing\.googleapis\.com/i;

function mentionsAttestation(value: Value): boolean {
  if (typeof value === 'string') return ATTESTATION_TEXT.test(value);
  if (isList(value)) return value.some(mentionsAttestation);
  if (!isObject(value)) return false;
  for (const key of Object.keys(value)) if (ATTESTATION_TEXT.test(key) || mentionsAttestation(value[key] ?? null)) return true;
  return false;
}

const DENIES = /^(?:false|no|none|0|n\/a|)$/i;

/** Whether a tag says PHI, HIPAA or BAA, in its name or its value, in whatever words the deployment has. */
function saysPhi(tags: Readonly<Record<string, Value>>): boolean {
  return Object.entries(tags).some(([key, value]) => (value instanceof Unknown ? speaksOfPhi(key)
    : (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') && !DENIES.test(String(value).trim()) && (speaksOfPhi(key) || speaksOfPhi(String(value)))));
}

/** Whether a resource is, or attests, a confidential guest: an enclave host, a confidential VM, an authority, a container in a TEE. */
function isTee({ cloud, type, properties }: Resource): boolean {
  const says = (path: string, value: RegExp): boolean => { const found = at(properties, path); return (typeof found === 'string' || typeof found === 'boolean') && value.test(String(found)); };
  switch (cloud) {
    case 'aws': return says('EnclaveOptions.Enabled', /^true$/i) || says('LaunchTemplateData.EnclaveOptions.Enabled', /^true$/i)
      || says('CpuOptions.AmdSevSnp', /^enabled$/i) || says('LaunchTemplateData.CpuOptions.AmdSevSnp', /^enabled$/i);
    case 'azure': return type === 'azure-native:attestation:AttestationProvider' || says('securityProfile.securityType', /^ConfidentialVM$/i) || says('virtualMachineProfile.securityProfile.securityType', /^ConfidentialVM$/i)
      || (type === 'azure-native:keyvault:Key' && (says('properties.attributes.exportable', /^true$/i) || isObject(at(properties, 'properties.releasePolicy'))));
    case 'gcp': return says('confidentialInstanceConfig.enableConfidentialCompute', /^true$/i) || says('confidentialInstanceConfig.confidentialInstanceType', /^(SEV|SEV_SNP|TDX)$/i)
      || at(properties, 'metadata.tee-image-reference') !== undefined;
  }
}

/** The gap that stands for a workload file of the kit that an artifact embeds and nobody can read. */
export const EMBEDDED_WORKLOAD = 'embedded workload';

/**
 * Whether a deployment is one that processes PHI in a TEE: it carries a workload file, a tag or a key's or store's name
 * that speaks of PHI, HIPAA or a BAA, a confidential guest or an attestation condition. Artifacts of others that have
 * none of these are judged by the rules that need no such claim. Several signs are read because a change may take one
 * away: a key that loses its gate must not take the whole deployment out of sight with it.
 */
export const processesPhi = perDeployment((deployment) => deployment.workload !== null || deployment.resources.some((resource) => {
  const tags = tagsOf(resource);
  if (!(tags instanceof Unknown) && saysPhi(tags)) return true;
  return resource.id === EMBEDDED_WORKLOAD || isTee(resource) || mentionsAttestation(resource.properties) || releasesToGuests(resource) || isNamedPhi(resource);
}));

/** The words of an identifier, split at humps and punctuation. */
const wordsOf = (text: string): readonly string[] => text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z]+/);
/** Longest text that is a name: a tag value has 256 characters, a description of a key 8192. */
const NAME_LIMIT = 256;
/** Whether a tag key, tag value or name has PHI, HIPAA or BAA for a word. */
export const speaksOfPhi = (text: string): boolean => text.length <= NAME_LIMIT && wordsOf(text).some((word) => /^(e?phi|hipaa|baa)$/.test(word));

/** Types whose name says what they hold; one that speaks of PHI does so on purpose. */
const NAMED = /^AWS::(KMS::(Key|ReplicaKey|Alias)|S3::Bucket|DynamoDB::(Global)?Table|RDS::DB\w+|HealthLake::FHIRDatastore)$|:(CryptoKey|Bucket|StorageAccount|Key)$/;

/** Whether a key or store says in its name, alias or description that it holds PHI. */
function isNamedPhi({ type, name, properties }: Resource): boolean {
  if (type === 'AWS::HealthLake::FHIRDatastore') return true;
  if (!NAMED.test(type)) return false;
  return [name, properties['Description'], properties['AliasName'], properties['BucketName'], properties['TableName']].some((text) => typeof text === 'string' && text.length <= NAME_LIMIT && wordsOf(text).some((word) => /^e?phi$/.test(word)));
}

const OTHER_PURPOSES: ReadonlySet<string> = new Set(['os-disk', 'infrastructure', 'logs']);

/**
 * The keys judged as PHI keys. In a PHI deployment a key counts unless its tag says otherwise, and a key that mentions
 * attestation counts whatever its tag says. Fails closed: an untagged key is a PHI key, unless it is one of
 * `supportingKeys`.
 */
export const phiKeys = perDeployment((deployment): readonly Resource[] => {
  if (!processesPhi(deployment)) return [];
  const supporting = new Set(supportingKeys(deployment));
  return allKeys(deployment).filter((key) => {
    const purpose = keyPurpose(key);
    return !supporting.has(key) && (!OTHER_PURPOSES.has(purpose ?? '') || (purpose !== 'os-disk' && (mentionsAttestation(key.properties) || hasReleasePolicy(key))) || releasesToGuests(key));
  });
});

/** What only a service encrypts under a key: logs, disks and queues. */
const SERVICE_ENCRYPTED = /^AWS::(Logs::LogGroup|CloudTrail::Trail|EC2::(LaunchTemplate|Instance|Volume)|AutoScaling::LaunchConfiguration|SNS::Topic|SQS::Queue|CloudWatch::|Kinesis::|KinesisFirehose::|Backup::BackupVault|ECR::Repository|SecretsManager::Secret)/;

/**
 * AWS only: keys without a purpose tag that the artifact itself shows to be the keys of logs, disks or queues beside the
 * one that is gated. They have no attestation condition while another key has one, a service encrypts under them, and
 * nothing in their name speaks of PHI. They are no PHI keys, but nobody said so: the proof lists them as not proved.
 */
export const supportingKeys = perDeployment((deployment): readonly Resource[] => {
  const keys = deployment.cloud === 'aws' && processesPhi(deployment) ? allKeys(deployment) : [];
  if (!keys.some((key) => mentionsAttestation(key.properties))) return [];
  const candidates = new Set(keys.filter((key) => keyPurpose(key) === undefined && !mentionsAttestation(key.properties) && !isNamedPhi(key) && !isAliasedPhi(deployment, key)));
  const found = new Set<Resource>();
  if (candidates.size === 0) return [];
  for (const resource of deployment.resources) {
    if (SERVICE_ENCRYPTED.test(resource.type)) for (const target of deployment.targets(resource.properties)) if (candidates.has(target)) found.add(target);
  }
  return [...found];
});

const isAliasedPhi = (deployment: Deployment, key: Resource): boolean => deployment.ofType('AWS::KMS::Alias').some((alias) => isNamedPhi(alias) && deployment.refersTo(alias.properties['TargetKeyId'], key));

/** Azure only: the policy is base64 and so hidden from a search of the text. */
function hasReleasePolicy(key: Resource): boolean {
  const policy = at(key.properties, 'properties.releasePolicy');
  return key.cloud === 'azure' && policy !== undefined && policy !== null;
}

/** Azure only: a policy on guest claims is an application key's, also when the tag says os-disk. */
function releasesToGuests(key: Resource): boolean {
  const data = key.cloud === 'azure' ? at(key.properties, 'properties.releasePolicy.data') : undefined;
  return typeof data === 'string' && Buffer.from(data, 'base64url').toString('utf8').includes('x-ms-isolation-tee');
}
