import { analyseKeys } from '../prove/aws/keys.js';
import { bypassesOf } from '../prove/gcp/keys.js';
import { prove } from '../prove/index.js';
import type { Witness } from '../prove/types.js';
import { reasonOn } from '../prove/azure/keys.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { key, proof } of analyseKeys(deployment)) {
    const { verdict, witness, reasons } = proof;
    if (verdict === 'bypassable' && witness) yield* outcomes(key, fail('KeyPolicy', `${witness.principal} may call ${witness.action} with attestation ${witness.attestation}, via ${witness.via}`));
    else yield* outcomes(key, verdict === 'gated' ? true : unknown('KeyPolicy', reasons.join('; ')));
  }
};

const azure: Check = function* (deployment) {
  for (const { key: id, verdict, witness, reasons } of prove(deployment).keys) {
    const key = deployment.byId.get(id) ?? deployment.root;
    if (verdict === 'gated') yield* outcomes(key, true);
    else if (verdict === 'unknown' || !witness) yield* outcomes(key, unknown('properties.releasePolicy', reasons.join('; ')));
    else yield* outcomes(key, reasonOn(deployment, key).witnesses.map((one) => fail('properties.releasePolicy', `${one.principal} may call ${one.action} with attestation ${one.attestation}, via ${one.via}`)));
  }
};

const gcp: Check = function* (deployment) {
  for (const proof of prove(deployment).keys) {
    const key = deployment.byId.get(proof.key) ?? deployment.root;
    const ways = bypassesOf(proof);
    if (proof.verdict !== 'bypassable' || ways.length === 0) {
      yield* outcomes(key, proof.verdict === 'gated' ? true : proof.reasons.map((reason) => unknown('', reason)));
      continue;
    }
    // What stands outside the artifact, or the first way, is told on the key; every other one on the grant that opens it.
    const told = ways.find(({ source }) => source === null) ?? ways[0];
    for (const way of ways) yield* outcomes(way === told ? key : way.source ?? key, fail('', shown(way.witness)));
  }
};

function shown({ principal, action, attestation, via }: Witness): string {
  return `${principal} may call ${action} with attestation ${attestation}, via ${via}`;
}

export const rule = defineRule({
  id: 'phi-key-release-attested',
  title: 'A PHI key is released only to approved, attested code',
  theme: 'attested-key',
  severity: 'critical',
  waivable: false,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(a)(2)(iv)', '45 CFR 164.312(d)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'Any path to the key that does not pass the attestation condition gives PHI to an administrator, a compromised host or a stranger. The proof evaluates every path the artifact induces and gives a request that gets through.',
  fix: {
    aws: 'Use AttestedKey, or in the KMS key policy allow kms:Decrypt only with kms:RecipientAttestation:ImageSha384 (or PCRs) equal to active measurements, deny everything un-attested, and never grant kms:* to the account root.',

    azure: 'Use AttestedKey, or give the key a releasePolicy whose every branch requires the approved claims of your own attestation authority, keyOps without unwrapKey, decrypt and sign, and exportable true on a Premium vault.',

    gcp: 'Use AttestedKey, or bind roles/cloudkms.cryptoKeyDecrypter only to principal sets of a pool whose provider attributeCondition checks every token claim, with an authoritative key policy and an IAM deny policy.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
