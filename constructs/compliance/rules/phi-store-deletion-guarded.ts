import { childrenOf, guardedFromDeletion, phiAccounts } from '../azure.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const azure: Check = function* (deployment) {
  if (processesPhi(deployment)) {
    for (const group of deployment.ofType('azure-native:resources:ResourceGroup')) yield* outcomes(group, guardedFromDeletion(deployment, group) ? true : fail('', 'neither protect nor a lasting lock: the group goes with everything in it'));
  }
  for (const account of phiAccounts(deployment)) {
    yield* outcomes(account, guardedFromDeletion(deployment, account) ? true : fail('', 'neither protect nor a lasting lock: PHI goes with the stack'));
    for (const container of childrenOf(deployment, account, 'azure-native:storage:BlobContainer', 'accountName')) {
      yield* outcomes(container, guardedFromDeletion(deployment, container) || guardedFromDeletion(deployment, account) ? true : fail('', 'neither protect nor a lasting lock: PHI goes with the stack'));
    }
  }
};

export const rule = defineRule({
  id: 'phi-store-deletion-guarded',
  title: 'PHI stores survive the deletion of the stack',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(A)', '45 CFR 164.312(c)(1)', '45 CFR 164.310(d)(2)(i)'],
  why: 'A store that goes with the stack takes the only copy of the records with it.',
  fix: { azure: 'Use PhiStore, or protect true on the storage account and its containers.' },
  checks: { azure },
});
