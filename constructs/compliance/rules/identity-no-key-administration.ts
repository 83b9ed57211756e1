import { processesPhi } from '../phi.js';
import { identityRights } from '../prove/aws/rights.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const MOVES = ['kms:PutKeyPolicy', 'kms:CreateGrant', 'kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:ReplicateKey', 'kms:ImportKeyMaterial', 'kms:UpdateAlias', 'kms:DeleteAlias', 'kms:DisableKeyRotation'] as const;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const { resource, can, holds, arn } of identityRights(deployment)) {
    const held = MOVES.filter(holds);
    const keys = held.length === 0 ? [] : [...deployment.ofType('AWS::KMS::Key').map(arn), 'arn:aws:kms:us-east-1:000000000000:key/any'];
    const ways = held.filter((action) => keys.some((key) => can(action, key)));
    yield* outcomes(resource, ways.length === 0 ? true : fail('', `holds ${ways.join(', ')}`));
  }
};

export const rule = defineRule({
  id: 'identity-no-key-administration',
  title: 'No identity of the workload administers keys',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(3)(ii)(A)'],
  why: 'Users of data never administer. A key policy that is opened one day makes a right that slept in IAM effective.',
  fix: {
    aws: 'Give no role of the workload kms:PutKeyPolicy, kms:CreateGrant, kms:ScheduleKeyDeletion, kms:DisableKey, kms:ReplicateKey or kms:UpdateAlias; name key administrators in the workload file.',
  },
  checks: { aws },
});
