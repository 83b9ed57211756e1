import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, resource } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('private links only', 'pass', { at: 'store' }),
  azureCase('any tenant', 'fail', { edits: [['StorageAccount', 'store', 'allowedCopyScope', undefined]], at: 'store' }),
  azureCase('replication', 'fail', { more: [resource('storage:ObjectReplicationPolicy', 'copy', { accountName: 'store' })], at: 'copy' }),
  azureCase('not known', 'unknown', { edits: [['StorageAccount', 'store', 'allowedCopyScope', NOT_KNOWN]], at: 'store' }),
];

export const cases: RuleCase[] = [...azure];
