import { at, isList, Unknown } from '../model.js';
import { allKeys } from '../phi.js';
import { type Check, defineRule, fail, outcomes, warn } from '../rule.js';

const azure: Check = function* (deployment) {
  for (const key of allKeys(deployment)) {
    const policy = at(key.properties, 'properties.releasePolicy');
    if (policy === undefined || policy === null) continue;
    const replaced = key.attributes['replaceOnChanges'];
    const covers = (path: unknown): boolean => typeof path === 'string' && ['*', 'properties', 'properties.releasePolicy', 'properties.releasePolicy.data'].includes(path);
    yield* outcomes(key, isList(replaced) && replaced.some(covers) ? true
      : replaced instanceof Unknown ? warn('replaceOnChanges', replaced.reason) : fail('replaceOnChanges', 'replaceOnChanges does not name properties: Azure keeps the old release policy and reports that the update succeeded'));
  }
};

export const rule = defineRule({
  id: 'release-key-change-replaces',
  title: 'A changed release policy makes a new key',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(3)(ii)(C)'],
  why: 'Azure Resource Manager creates a key only if it does not exist: an edited release policy shows a successful update and changes nothing. A measurement that was revoked would still get the key.',
  fix: { azure: 'Use AttestedKey and OsDiskKey, or set replaceOnChanges: ["properties"] on every key with a release policy and put a hash of the policy into keyName.' },
  checks: { azure },
});
