import { want } from '../aws.js';
import { allKeys, phiKeys } from '../phi.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  const phi = phiKeys(deployment);
  for (const key of phi) if (key.type === 'AWS::KMS::Key') yield* outcomes(key, want(key, 'MultiRegion', false, 'a replica gets a policy of its own', false));
  for (const replica of allKeys(deployment)) {
    if (replica.type !== 'AWS::KMS::ReplicaKey') continue;
    const primary = deployment.target(replica.properties['PrimaryKeyArn']);
    // A primary of another stack may be anybody's, a PHI key's too.
    if (phi.includes(replica) || primary === undefined || phi.includes(primary)) yield* outcomes(replica, fail('', 'a replica of a PHI key, with a policy of its own'));
  }
};

export const rule = defineRule({
  id: 'key-material-stays',
  title: 'PHI key material exists once, in one region',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)', '45 CFR 164.312(c)(1)'],
  why: 'A replica of a multi-Region key is the same key under a policy of its own, which the gate of the first does not govern.',
  fix: {
    aws: 'Use AttestedKey, or MultiRegion false and no AWS::KMS::ReplicaKey.',
  },
  checks: { aws },
});
