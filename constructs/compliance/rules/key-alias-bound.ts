import { processesPhi, phiKeys } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';
import { shown } from '../aws.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const aliases = deployment.ofType('AWS::KMS::Alias');
  for (const alias of aliases) {
    const target = alias.properties['TargetKeyId'];
    yield* outcomes(alias, deployment.target(target) ? true : unknown('TargetKeyId', `TargetKeyId is ${shown(target)}, no key of the artifact: what it protects is not known`));
  }
  if (aliases.length === 0) return;
  for (const key of phiKeys(deployment)) {
    if (key.type !== 'AWS::KMS::Key') continue;
    yield* outcomes(key, aliases.some((alias) => deployment.refersTo(alias.properties['TargetKeyId'], key)) ? true : fail('', 'other keys have an alias and this PHI key has none: what is encrypted by alias does not reach it'));
  }
};

export const rule = defineRule({
  id: 'key-alias-bound',
  title: 'Aliases lead to the keys that they are written for',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(c)(1)', '45 CFR 164.312(a)(2)(iv)'],
  why: 'Whoever encrypts by alias uses the key behind it: an alias that is pointed elsewhere moves new PHI to a key without a gate.',
  fix: {
    aws: 'Use AttestedKey, or let every AWS::KMS::Alias name a key of the same artifact, and give each PHI key an alias where keys have them.',
  },
  checks: { aws },
});
