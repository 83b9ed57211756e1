import { analyseSupportKeys } from '../prove/aws/support-keys.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { key, accesses } of analyseSupportKeys(deployment)) {
    yield* outcomes(key, accesses.map(({ principal, action, via, certain }) => (certain ? fail : unknown)('KeyPolicy', `${principal} can call ${action} via ${via}`)));
  }
};

export const rule = defineRule({
  id: 'key-use-restricted',
  title: 'The keys beside the PHI key are not open to the whole account',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(a)(2)(iv)'],
  why: 'Disks, logs and stores lie under these keys. One that every IAM policy of the account opens adds nothing to the access control of the data.',
  fix: {
    aws: 'Use ServiceKey, or name the principals in KeyPolicy, and bind those of services to kms:ViaService or aws:SourceAccount; leave out the account root.',
  },
  checks: { aws },
});
