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

/** A tag that says PHI or HIPAA, in its name or its value, in whatever words the deployment has. */
const SAYS_PHI = /(?:^|[^a-z])(?:e?phi|hipaa)(?:$|[^a-z])/i;
const DENIES = /^(?:false|no|none|0|n\/a|)$/i;

function saysPhi(tags: Readonly<Record<string, Value>>): boolean {
  return Object.entries(tags).some(([key, value]) => typeof value === 'string' && !DENIES.test(value.trim()) && (SAYS_PHI.test(key) || SAYS_PHI.test(value)));
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

/**
 * Whether a deployment is one that processes PHI in a TEE: it carries a workload file, a tag that says PHI or HIPAA, a
 * confidential guest or an attestation condition. Artifacts of others that have none of these are judged by the rules
 * that need no such claim. Several signs are read because a change may take one away: a key that loses its release
 * policy must not take the whole deployment out of sight with it.
 */
export const processesPhi = perDeployment((deployment) => deployment.workload !== null || deployment.resources.some((resource) => {
  const tags = tagsOf(resource);
  if (!(tags instanceof Unknown) && ('phi-classification' in tags || 'phi-workload' in tags || saysPhi(tags))) return true;
  return isTee(resource) || mentionsAttestation(resource.properties) || releasesToGuests(resource);
}));

const OTHER_PURPOSES: ReadonlySet<string> = new Set(['os-disk', 'infrastructure', 'logs']);

/**
 * The keys judged as PHI keys. In a PHI deployment a key counts unless its tag says otherwise, and a key that mentions
 * attestation counts whatever its tag says. Fails closed: an untagged key is a PHI key.
 */
export const phiKeys = perDeployment((deployment): readonly Resource[] => {
  if (!processesPhi(deployment)) return [];
  return allKeys(deployment).filter((key) => {
    const purpose = keyPurpose(key);
    return !OTHER_PURPOSES.has(purpose ?? '') || (purpose !== 'os-disk' && (mentionsAttestation(key.properties) || hasReleasePolicy(key))) || releasesToGuests(key);
  });
});

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
