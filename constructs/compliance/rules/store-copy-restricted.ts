import { ACCOUNT, childrenOf, wants, wantsOneOf } from '../azure.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const account of deployment.ofType(ACCOUNT)) {
    yield* outcomes(account, [
      ...wantsOneOf(account.properties['allowedCopyScope'], 'allowedCopyScope', ['PrivateLink', 'AAD'], 'blobs are copied to accounts of any tenant'),
      ...wants(account.properties['allowCrossTenantReplication'], 'allowCrossTenantReplication', false, 'objects are replicated into another tenant', false),
    ]);
    for (const policy of childrenOf(deployment, account, 'azure-native:storage:ObjectReplicationPolicy', 'accountName')) yield* outcomes(policy, fail('', 'replicates objects into another account, past its network and its key'));
  }
};

export const rule = defineRule({
  id: 'store-copy-restricted',
  title: 'Records leave a store only where a reviewer can see it',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'A copy made by the storage service itself crosses no network of the workload: neither security groups nor endpoints see it.',
  fix: { azure: 'Use PhiStore and LogVault, or allowedCopyScope PrivateLink (or AAD), allowCrossTenantReplication false and no object replication policy on every storage account.' },
  checks: { azure },
});
