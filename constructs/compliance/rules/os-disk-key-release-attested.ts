import { KEY } from '../azure.js';
import { at, type Deployment, type Resource, Unknown } from '../model.js';
import { keyPurpose, processesPhi } from '../phi.js';
import { armOf } from '../prove/azure/arm.js';
import { decidePlatformRelease } from '../prove/azure/release.js';
import { type Check, defineRule, fail, outcomes, unknown, type Verdict } from '../rule.js';

/** The key resource that an address or a reference means. */
function keyAt(deployment: Deployment, address: string): Resource | undefined {
  for (const found of deployment.targets(address)) if (found.type === KEY) return found;
  const match = /^https:\/\/([a-z0-9-]+)\.[a-z.]+\/keys\/([a-z0-9-]+)/i.exec(address);
  const arm = armOf(deployment);
  return match ? deployment.ofType(KEY).find((key) => arm.text(key.properties['vaultName'])?.toLowerCase() === match[1]?.toLowerCase() && arm.text(key.properties['keyName'])?.toLowerCase() === match[2]?.toLowerCase()) : undefined;
}

function judgeSet(deployment: Deployment, set: Resource, used: Set<Resource>): Verdict {
  const address = at(set.properties, 'activeKey.keyUrl');
  if (address instanceof Unknown) {
    // A new key's address is known by the dependency only.
    const sources = at(set.attributes, 'propertyDependencies.activeKey');
    const keys = Array.isArray(sources) ? sources.map((id) => (typeof id === 'string' ? deployment.byId.get(id) : undefined)).filter((one) => one?.type === KEY) : [];
    if (keys.length !== 1 || !keys[0]) return unknown('activeKey.keyUrl', `the key is not known: ${address.reason}`);
    used.add(keys[0]);
    return true;
  }
  const key = typeof address === 'string' ? keyAt(deployment, address) : undefined;
  if (!key) return typeof address === 'string' ? unknown('activeKey.keyUrl', `the key ${address} is not among the artifacts: who may have it released is not known`) : fail('activeKey.keyUrl', 'no key');
  used.add(key);
  return true;
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const keys = new Set(deployment.ofType(KEY).filter((key) => keyPurpose(key) === 'os-disk'));
  for (const set of deployment.ofType('azure-native:compute:DiskEncryptionSet')) {
    if (set.properties['encryptionType'] === 'ConfidentialVmEncryptedWithCustomerKey') yield* outcomes(set, judgeSet(deployment, set, keys));
  }
  for (const key of keys) {
    const { leaks, unknowns, present } = decidePlatformRelease(deployment, key);
    const path = 'properties.releasePolicy';
    yield* outcomes(key, present ? [...leaks.map((leak) => fail(path, leak)), ...unknowns.map((reason) => unknown(path, reason))] : fail(path, 'no release policy: the disk key goes to whoever may use it, attested or not'));
  }
};

export const rule = defineRule({
  id: 'os-disk-key-release-attested',
  title: 'The key of a confidential disk is released to attested machines only',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(a)(2)(iv)', '45 CFR 164.312(d)'],
  why: 'The disk holds the sealed state of the guest. Without its own release policy, or under a key of another purpose, an attacker starts the disk in a machine of its own.',
  fix: {
    azure: 'Use OsDiskKey, or give the key of the disk encryption set a releasePolicy that requires x-ms-attestation-type sevsnpvm (or tdxvm) and x-ms-compliance-status azure-compliant-cvm in every branch, from an authority of Microsoft in the region or your own.',
  },
  checks: { azure },
});
