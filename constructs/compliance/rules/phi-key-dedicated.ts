import { isList, isObject, type Resource, type Value } from '../model.js';
import { allKeys, phiKeys } from '../phi.js';
import { armOf } from '../prove/azure/arm.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { projectOf, refersTo } from '../prove/gcp/names.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

/** Properties by which a resource is given a key to encrypt with. */
const KEY_PROPERTY = /^(kms.*(key|id|arn)|.*kmskey.*|.*encryptionkey.*|kmsmasterkeyid|keyarn|sse.*key.*)$/i;
/** What speaks of keys without encrypting under them. */
const SPEAKS_ONLY = /^AWS::(KMS|IAM|CloudWatch|Events|Logs::MetricFilter|EC2::VPCEndpoint)/;

/** Properties that name a key: their path and what they say. */
function* namings(value: Value, path = ''): Iterable<readonly [path: string, text: string]> {
  if (isList(value)) for (const [index, item] of value.entries()) yield* namings(item, `${path}[${index}]`);
  else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      const inner = path === '' ? name : `${path}.${name}`;
      if (typeof item !== 'string') yield* namings(item, inner);
      else if (KEY_PROPERTY.test(name)) yield [inner, item];
    }
  }
}

const aws: Check = function* (deployment) {
  const keys = phiKeys(deployment);
  if (keys.length === 0) return;
  const isPhi = new Set(keys);
  const byAlias = new Map<Resource, readonly Resource[]>();
  const byAliasName = new Map<string, readonly Resource[]>();
  for (const alias of deployment.ofType('AWS::KMS::Alias')) {
    const targets = [...deployment.targets(alias.properties['TargetKeyId'])].filter((target) => isPhi.has(target));
    byAlias.set(alias, targets);
    if (typeof alias.properties['AliasName'] === 'string') byAliasName.set(alias.properties['AliasName'], targets);
  }
  const used = new Set<Resource>();
  for (const resource of deployment.resources) {
    if (SPEAKS_ONLY.test(resource.type)) continue;
    for (const [path, text] of namings(resource.properties)) {
      const named = [
        ...[...deployment.targets(text)].flatMap((target) => (isPhi.has(target) ? [target] : byAlias.get(target) ?? [])),
        ...(byAliasName.get(text.slice(text.lastIndexOf(':') + 1)) ?? []),
      ];
      for (const key of new Set(named)) {
        used.add(key);
        yield* outcomes(resource, fail(path, `encrypts under the PHI key ${key.name}: its service would need to decrypt without attestation`));
      }
    }
  }
  for (const key of keys) if (!used.has(key)) yield* outcomes(key, true);
};

/** What speaks of keys without encrypting under them. */
const SPEAKS_ONLY_AZURE = /^azure-native:(keyvault|authorization|monitor|policyinsights):/;
const UNWRAP = 'Microsoft.KeyVault/vaults/keys/unwrap/action';

/** Keys that a value names, by an address or reference, or by a key's name beside its vault's address; with the path. */
function* azureNamings(value: Value, named: (text: string) => Iterable<Resource>, paired: (object: { readonly [key: string]: Value }) => Resource | undefined, path = ''): Iterable<readonly [key: Resource, path: string]> {
  if (typeof value === 'string') {
    for (const key of named(value)) yield [key, path];
  } else if (isList(value)) for (const [index, item] of value.entries()) yield* azureNamings(item, named, paired, `${path}[${index}]`);
  else if (isObject(value)) {
    const key = paired(value);
    if (key) yield [key, path];
    else for (const [name, item] of Object.entries(value)) yield* azureNamings(item, named, paired, path === '' ? name : `${path}.${name}`);
  }
}

const VAULT = 'azure-native:keyvault:Vault';
const ADDRESS = /^https:\/\/([^./]+)\.[a-z.]+\/keys\/([^/]+)(?:\/|$)/;

const azure: Check = function* (deployment) {
  const arm = armOf(deployment);
  const keys = new Set(phiKeys(deployment));
  // By `vault key`, as addresses name them.
  const byAddress = new Map<string, Resource>();
  for (const key of keys) {
    const name = arm.text(key.properties['keyName'])?.toLowerCase();
    const vault = arm.text(arm.parent(key, VAULT, 'vaultName')?.properties['vaultName'] ?? key.properties['vaultName'])?.toLowerCase();
    if (name !== undefined && vault !== undefined) byAddress.set(`${vault} ${name}`, key);
  }
  const named = function* (text: string): Iterable<Resource> {
    if (!text.includes('/') && !text.includes('${')) return;
    const [, vault, name] = ADDRESS.exec(text.toLowerCase()) ?? [];
    for (const key of new Set([...deployment.targets(text), byAddress.get(`${vault ?? ''} ${name ?? ''}`), text.includes('/') ? arm.find(text) : undefined])) if (key && keys.has(key)) yield key;
  };
  const paired = (object: { readonly [key: string]: Value }): Resource | undefined => {
    const name = arm.text(object['keyName'] ?? object['keyname'])?.toLowerCase();
    const uri = object['keyVaultUri'] ?? object['keyvaulturi'];
    if (name === undefined || typeof uri !== 'string') return undefined;
    const vaults = [/^https:\/\/([^./]+)\./.exec(uri.toLowerCase())?.[1], ...deployment.targets(uri).map((vault) => arm.text(vault.properties['vaultName'])?.toLowerCase())];
    return vaults.map((vault) => byAddress.get(`${vault ?? ''} ${name}`)).find((key) => key !== undefined);
  };
  const used = new Set<Resource>();
  for (const resource of deployment.resources) {
    if (SPEAKS_ONLY_AZURE.test(resource.type)) continue;
    for (const [key, path] of azureNamings(resource.properties, named, paired)) {
      used.add(key);
      yield* outcomes(resource, fail(path, `encrypts under the PHI key ${key.name}: its service would need to unwrap without attestation`));
    }
  }
  const byId = new Map([...keys].map((key) => [arm.idOf(key), key]));
  const breakGlass = deployment.workload?.breakGlass.azure?.toLowerCase();
  for (const { assignment, scope, role, roleName, principal } of grantsOf(deployment)) {
    const key = scope === undefined ? undefined : byId.get(scope);
    if (!key || !role || !allows(role, 'data', UNWRAP) || principal.objectId === breakGlass) continue;
    used.add(key);
    yield* outcomes(assignment, fail('roleDefinitionId', `${roleName} lets ${principal.text} unwrap with the PHI key ${key.name}`));
  }
  for (const key of keys) if (!used.has(key)) yield* outcomes(key, true);
};

const gcp: Check = function* (deployment) {
  const protectedKeys = phiKeys(deployment);
  for (const key of protectedKeys) {
    const project = projectOf(deployment, key);
    let clean = true;
    for (const resource of deployment.resources) {
      // Bindings, pools and alerts speak of keys; only these encrypt under them.
      if (resource.type.startsWith('gcp:kms/secretCiphertext:') && refersTo(deployment, resource.properties['cryptoKey'], key)) {
        clean = false;
        yield* outcomes(resource, fail('plaintext', `keeps what it encrypts under the PHI key ${key.name} as plaintext in the stack's state`));
        continue;
      }
      if (/^gcp:(kms|iam|monitoring|projects|orgpolicy|logging\/project(Sink|Exclusion))\b/.test(resource.type) || /[iI][aA][mM](Member|Binding|Policy):/.test(resource.type)) continue;
      for (const [path, text] of namings(resource.properties)) {
        if (!refersTo(deployment, text, key)) continue;
        clean = false;
        yield* outcomes(resource, fail(path, `encrypts under the PHI key ${key.name}: its service would need to decrypt without attestation`));
      }
    }
    for (const other of allKeys(deployment)) {
      if (protectedKeys.includes(other) || typeof project !== 'string' || projectOf(deployment, other) !== project) continue;
      clean = false;
      yield* outcomes(other, fail('keyRing', `lies in project ${project} of the PHI key ${key.name}: the deny policy refuses its service too, and an exception for it opens the PHI key`));
    }
    if (clean) yield* outcomes(key, true);
  }
};

export const rule = defineRule({
  id: 'phi-key-dedicated',
  title: 'A PHI key encrypts nothing but PHI',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)', '45 CFR 164.312(a)(1)'],
  why: 'Disks, logs and queues need a service that decrypts without attestation. A PHI key used for them needs an ungated path.',
  fix: {
    aws: 'Use a separate key with key-purpose infrastructure or logs for volumes, buckets, log groups, topics and queues; give AttestedKey to the application only.',

    azure: 'Use OsDiskKey for disk encryption sets and a separate key with key-purpose logs or infrastructure for storage; never the AttestedKey.',

    gcp: 'Use a separate CryptoKey with key-purpose os-disk, infrastructure or logs in another project for disks, buckets and log buckets; never the AttestedKey.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
