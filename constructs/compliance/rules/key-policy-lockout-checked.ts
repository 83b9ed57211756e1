import { want } from '../aws.js';
import { allKeys, processesPhi } from '../phi.js';
import { analyseKeys } from '../prove/aws/keys.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  if (processesPhi(deployment)) for (const key of allKeys(deployment)) yield* outcomes(key, want(key, 'BypassPolicyLockoutSafetyCheck', false, 'KMS takes a policy that locks everybody out', false));
  // Without a workload file nobody says who may put a policy at all.
  if (deployment.workload !== null) for (const { key, open } of analyseKeys(deployment)) yield* outcomes(key, open.lockout.map((principal) => fail('KeyPolicy', `no Deny stops ${principal} from putting a policy with the check bypassed`)));
};

export const rule = defineRule({
  id: 'key-policy-lockout-checked',
  title: 'KMS checks that somebody can still change a key\'s policy',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(C)', '45 CFR 164.312(a)(2)(ii)'],
  why: 'A policy that locks everybody out makes the PHI unreadable for good, and a policy put with the check bypassed can hand the key to one person alone.',
  fix: {
    aws: 'Use AttestedKey, or BypassPolicyLockoutSafetyCheck false, and deny kms:PutKeyPolicy to everybody with Bool { "kms:BypassPolicyLockoutSafetyCheck": "true" }.',
  },
  checks: { aws },
});
