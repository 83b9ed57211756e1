import { type Resource, Unknown } from '../model.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

/** Resources whose inputs are the secret itself, by the property that holds it. */
const HOLDERS: Readonly<Record<string, string>> = {
  'gcp:kms/secretCiphertext:SecretCiphertext': 'plaintext',
  'gcp:secretmanager/secretVersion:SecretVersion': 'secretData',
  'gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion': 'secretData',
};

function held(resource: Resource, property: string): Defect[] {
  const value = resource.properties[property];
  if (value === undefined || value === null) return [];
  // Hidden from the preview is not out of the state: the engine keeps what it was given.
  return [value instanceof Unknown && !value.reason.includes('secret') ? unknown(property, value.reason) : fail(property, `${property} lies in the state of the deployment: whoever reads the state has it`)];
}

const gcp: Check = function* (deployment) {
  for (const [type, property] of Object.entries(HOLDERS)) for (const resource of deployment.ofType(type)) yield* outcomes(resource, held(resource, property));
  for (const machine of ['gcp:compute/instance:Instance', 'gcp:compute/disk:Disk', 'gcp:compute/instanceTemplate:InstanceTemplate', 'gcp:compute/regionInstanceTemplate:RegionInstanceTemplate'].flatMap((type) => deployment.ofType(type))) {
    const raw = JSON.stringify(machine.properties).includes('KeyRaw":');
    if (raw) yield* outcomes(machine, fail('', 'a raw disk key lies in the state of the deployment'));
  }
};

export const rule = defineRule({
  id: 'key-plaintext-not-in-state',
  title: 'No key or secret lies in the state of the deployment',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(a)(2)(iv)'],
  why: 'The engine stores what it is given: a plaintext that passes through it is readable by whoever reads the state, attested or not.',
  fix: { gcp: 'Encrypt inside the TEE with the AttestedKey, or write the secret version outside the deployment; give disks kmsKeySelfLink, never a raw key.' },
  checks: { gcp },
});
