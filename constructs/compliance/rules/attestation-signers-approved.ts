import { AUTHORITY, wantsOneOf } from '../azure.js';
import { at, findUnknown, isList } from '../model.js';
import { processesPhi } from '../phi.js';
import { listAt } from '../prove/azure/arm.js';
import { Unknown } from '../model.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

const PATH = 'properties.policySigningCertificates.keys';

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const declared = deployment.workload?.clouds.azure?.attestationPolicySigners;
  for (const authority of deployment.ofType(AUTHORITY)) {
    const keys = listAt(authority.properties, PATH);
    const gap = keys instanceof Unknown ? keys : findUnknown(keys);
    const defects: Defect[] = [];
    if (gap) defects.push(unknown(PATH, `the signers are not known: ${gap.reason}`));
    else if (!(keys instanceof Unknown)) {
      if (keys.length === 0) defects.push(fail(PATH, 'no policy signing certificate: administrators of the directory rewrite what the authority attests'));
      keys.forEach((key, index) => {
        const chain = at(key, 'x5C') ?? at(key, 'x5c');
        const leaf = isList(chain) ? chain[0] : undefined;
        if (typeof leaf !== 'string') defects.push(fail(`${PATH}[${index}]`, 'no certificate (x5C)'));
        else if (declared && !declared.includes(leaf)) defects.push(fail(`${PATH}[${index}]`, 'a signer that the workload file does not name: its holder rewrites what the authority attests'));
      });
    }
    // Without it the authority trusts measurements that no TPM reported.
    defects.push(...wantsOneOf(at(authority.properties, 'properties.tpmAttestationAuthentication') ?? 'Enabled', 'properties.tpmAttestationAuthentication', ['Enabled'], 'anybody asks the authority for TPM attestations'));
    yield* outcomes(authority, defects);
  }
};

export const rule = defineRule({
  id: 'attestation-signers-approved',
  title: 'Only the named signers change what the authority attests',
  theme: 'attested-key',
  severity: 'critical',
  waivable: true,
  citations: ['45 CFR 164.308(a)(4)(ii)(C)', '45 CFR 164.312(d)', '45 CFR 164.312(c)(1)'],
  why: 'The release policy trusts what the authority says. Whoever signs its policy decides what it says: with one more signer, one more organisation opens the gate.',
  fix: { azure: 'Use AttestationAuthority; list in policySigningCertificates exactly the certificates of attestationPolicySigners in the workload file, and leave tpmAttestationAuthentication Enabled.' },
  checks: { azure },
});
