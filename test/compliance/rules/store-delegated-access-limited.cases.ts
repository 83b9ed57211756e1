import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('an hour', 'pass'),
  azureCase('a day', 'pass', { edits: [['StorageAccount', 'store', 'sasPolicy.sasExpirationPeriod', '1.00:00:00']] }),
  azureCase('no policy', 'fail', { edits: [['StorageAccount', 'store', 'sasPolicy', undefined]], at: 'store' }),
  azureCase('recorded only', 'fail', { edits: [['StorageAccount', 'logs', 'sasPolicy.expirationAction', 'Log']], at: 'logs', path: 'sasPolicy.expirationAction' }),
  azureCase('a year', 'fail', { edits: [['StorageAccount', 'store', 'sasPolicy.sasExpirationPeriod', '365.00:00:00']], at: 'store' }),
  azureCase('not known', 'unknown', { edits: [['StorageAccount', 'store', 'sasPolicy', NOT_KNOWN]], at: 'store' }),
];

export const cases: RuleCase[] = [...azure];
