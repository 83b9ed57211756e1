import { storeAccesses } from '../prove/aws/stores.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { store, uses } of storeAccesses(deployment)) {
    yield* outcomes(store, uses.map(({ principal, action, via, certain }) => (certain ? fail : unknown)('', `${principal} can call ${action} via ${via}`)));
  }
};

export const rule = defineRule({
  id: 'phi-store-attested-only',
  title: 'Only the TEE\'s identity reads and writes PHI',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'An IAM policy written tomorrow, anywhere in the account, must not open the store. The ciphertext is the last thing an attacker with a key needs.',
  fix: {
    aws: 'Use PhiStore, or deny s3:*Object* (dynamodb item operations) to everybody with ArnNotEquals on aws:PrincipalArn and the role of the TEE in the store\'s policy.',
  },
  checks: { aws },
});
