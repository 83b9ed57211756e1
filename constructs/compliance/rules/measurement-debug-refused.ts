import { Unknown } from '../model.js';
import { phiKeys } from '../phi.js';
import { analyseKeys } from '../prove/aws/keys.js';
import { isAttestationKey, isZero } from '../prove/aws/measurements.js';
import { reasonOn } from '../prove/azure/keys.js';
import { bootImages, machines } from '../gcp.js';
import { approvedBy, provePool } from '../prove/gcp/federation.js';
import { TYPE } from '../prove/gcp/names.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { key, admitted, statements } of analyseKeys(deployment)) {
    const defects: Defect[] = [];
    const debug = admitted.find(({ state }) => state === 'debug' || state === 'an instance without measured boot');
    if (debug) defects.push((debug.certain ? fail : unknown)('KeyPolicy', `${debug.witness.principal} may call ${debug.witness.action} from ${debug.state === 'debug' ? 'a debug enclave' : debug.state}, via ${debug.witness.via}`));
    for (const { label, effect, conditions } of statements) {
      if (effect === 'Deny') continue;
      for (const one of conditions) {
        if (!isAttestationKey(one.key) || one.key.endsWith('nitrotpmpcr12') || one.operator === 'null' || one.negated) continue;
        if (one.values.some((value) => value !== null && isZero(value))) defects.push(fail('KeyPolicy', `${label}: all-zero value on ${one.key}, which a debug enclave presents`));
      }
    }
    yield* outcomes(key, defects);
  }
};

const azure: Check = function* (deployment) {
  for (const key of phiKeys(deployment)) {
    const { release } = reasonOn(deployment, key);
    if (!release.present) yield* outcomes(key, fail('properties.releasePolicy', 'no release policy: a guest in debug mode gets the key too'));
    else yield* outcomes(key, [
      ...release.leaks.filter(({ kind }) => kind === 'debug').map(({ attestation, via }) => fail('properties.releasePolicy', `${via}, with ${attestation}`)),
      ...release.unknowns.map((reason) => unknown('properties.releasePolicy', reason)),
    ]);
  }
};

/** Claims that a debug or withdrawn image fails. */
const BUILD_CLAIMS: ReadonlySet<string> = new Set(['dbgstat', 'swname', 'submods.confidential_space.support_attributes']);

const gcp: Check = function* (deployment) {
  for (const pool of deployment.ofType(TYPE.pool)) {
    const { breaches, unread } = provePool(deployment, pool, approvedBy(deployment));
    const debug = breaches.filter(({ claim }) => BUILD_CLAIMS.has(claim));
    yield* outcomes(pool, debug.length > 0 ? debug.map(({ claim, gain, token }) => (token ? fail : unknown)('', `no provider condition holds ${claim}: ${gain}`)) : unread === null ? true : unknown('', unread));
  }
  for (const machine of machines(deployment)) {
    for (const { path, image } of bootImages(machine)) {
      if (image instanceof Unknown) yield* outcomes(machine, unknown(path, `the image is not known: ${image.reason}`));
      else if (typeof image === 'string' && /confidential-space/.test(image)) {
        yield* outcomes(machine, /confidential-space-images\/global\/images\/(family\/)?confidential-space(-\d+)?$/.test(image) ? true : fail(path, `${image} is no production image: a debug image lets its operator log in`));
      }
    }
  }
};

export const rule = defineRule({
  id: 'measurement-debug-refused',
  title: 'No debug or all-zero measurement qualifies for a key',
  theme: 'attested-key',
  severity: 'critical',
  waivable: false,
  citations: ['45 CFR 164.312(d)', '45 CFR 164.312(c)(2)', '45 CFR 164.308(a)(5)(ii)(B)'],
  why: 'A TEE in debug mode attests but is readable from outside: Nitro debug enclaves report all-zero PCRs, Azure and Google Cloud report a debug claim. A condition that admits it admits everyone who can start a VM.',
  fix: {
    aws: 'Use AttestedKey; give no all-zero PCR0, PCR1, PCR2, PCR4, PCR7 or ImageSha384 in a kms:RecipientAttestation condition (PCR12 of NitroTPM may be zero), and start enclaves without --debug-mode.',

    azure: 'Use AttestedKey, or require x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable (or the TDX equivalent) equal to false in every branch of the release policy.',

    gcp: 'Use AttestedKey, or require assertion.dbgstat == \'disabled-since-boot\' and the STABLE support attribute in the provider\'s attributeCondition, and use the production Confidential Space image.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
