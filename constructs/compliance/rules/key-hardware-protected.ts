import { shown } from '../aws.js';
import { VAULT, wantsOneOf } from '../azure.js';
import { toggle } from '../gcp.js';
import { at, Unknown } from '../model.js';
import { allKeys, processesPhi } from '../phi.js';
import { armOf } from '../prove/azure/arm.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of deployment.ofType('AWS::KMS::Key')) {
    const origin = key.properties['Origin'] ?? 'AWS_KMS';
    if (origin instanceof Unknown) yield* outcomes(key, unknown('Origin', `Origin is not known: ${origin.reason}`));
    else yield* outcomes(key, origin === 'AWS_KMS' || origin === 'AWS_CLOUDHSM' ? true : fail('Origin', `Origin is ${shown(origin)}: the key material exists outside the HSM`));
  }
};

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of allKeys(deployment)) {
    const vault = armOf(deployment).parent(key, VAULT, 'vaultName');
    yield* outcomes(key, [
      ...wantsOneOf(at(key.properties, 'properties.kty'), 'properties.kty', ['RSA-HSM', 'EC-HSM', 'oct-HSM'], 'the key exists in software'),
      ...(vault ? wantsOneOf(at(vault.properties, 'properties.sku.name'), 'properties.kty', ['premium'], `vault ${vault.name} has no hardware keys`) : []),
    ]);
  }
};

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of allKeys(deployment)) {
    const level = at(key.properties, 'versionTemplate.protectionLevel');
    const algorithm = at(key.properties, 'versionTemplate.algorithm');
    if (typeof algorithm === 'string' && algorithm.startsWith('EXTERNAL')) yield* outcomes(key, fail('versionTemplate.algorithm', `algorithm ${algorithm} is one of key managers outside Google Cloud`));
    const imported = key.properties['importOnly'];
    if (imported !== undefined && imported !== null && imported !== false && imported !== 'false') yield* outcomes(key, (imported instanceof Unknown ? unknown : fail)('importOnly', 'its material is imported: whoever brought it may have kept it'));
    yield* outcomes(key, level === 'HSM' || level === 'HSM_SINGLE_TENANT' ? true
      : level instanceof Unknown ? unknown('versionTemplate.protectionLevel', `the protection level is not known: ${level.reason}`)
      : fail('versionTemplate.protectionLevel', `protectionLevel is ${level === undefined || level === null ? 'not set, and so SOFTWARE' : JSON.stringify(level)}`));
    const backend = key.properties['cryptoKeyBackend'];
    if (backend !== undefined && backend !== null && !(level === 'HSM_SINGLE_TENANT')) yield* outcomes(key, (backend instanceof Unknown ? unknown : fail)('cryptoKeyBackend', 'its material lies in a key manager outside Google Cloud'));
    if (toggle(key.properties['skipInitialVersionCreation']) === true) yield* outcomes(key, fail('skipInitialVersionCreation', 'its first version comes from elsewhere'));
  }
  for (const version of deployment.ofType('gcp:kms/cryptoKeyVersion:CryptoKeyVersion')) {
    const outside = version.properties['externalProtectionLevelOptions'];
    yield* outcomes(version, outside === undefined || outside === null ? true : (outside instanceof Unknown ? unknown : fail)('externalProtectionLevelOptions', 'its material lies in a key manager outside Google Cloud'));
  }
  // What is imported existed before, in whoever's hands.
  for (const job of deployment.ofType('gcp:kms/keyRingImportJob:KeyRingImportJob')) yield* outcomes(job, fail('', 'brings in key material from outside: whoever brought it may have kept it'));
};

export const rule = defineRule({
  id: 'key-hardware-protected',
  title: 'Keys live in a hardware security module',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)'],
  why: 'A software key can be copied by whoever runs the service; a hardware key cannot be exported except by its release policy.',
  fix: {
    aws: 'Use AttestedKey, or an AWS::KMS::Key with Origin AWS_KMS (or AWS_CLOUDHSM); imported material (EXTERNAL) exists outside the HSM too.',

    azure: 'Use AttestedKey, or kty RSA-HSM or EC-HSM in a Premium vault or Managed HSM.',

    gcp: 'Use AttestedKey, or versionTemplate.protectionLevel HSM (HSM_SINGLE_TENANT also qualifies) on the CryptoKey.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
