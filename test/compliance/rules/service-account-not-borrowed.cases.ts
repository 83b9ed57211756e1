import type { RuleCase } from '../rule-case.js';
import { member, resource, SA, space } from '../gcp-fixture.js';
import type { PreviewResource } from '../rule-case.js';

const account = resource('gcp:serviceaccount/account:Account', 'account', { project: 'phi-inference', accountId: 'tee' });
const act = (role: string): PreviewResource => resource('gcp:serviceaccount/iAMMember:IAMMember', 'act', { serviceAccountId: 'projects/phi-inference/serviceAccounts/tee@phi-inference.iam.gserviceaccount.com', role, member: 'user:m@example.org' });

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'nobody', expected: 'pass', resources: [account, space(), member('project', 'logs', 'roles/logging.logWriter', SA)] },
  { cloud: 'gcp', name: 'a token creator', expected: 'fail', at: 'account', resources: [account, space(), act('roles/iam.serviceAccountTokenCreator')] },
  { cloud: 'gcp', name: 'a user of the account', expected: 'fail', at: 'account', resources: [account, space(), act('roles/iam.serviceAccountUser')] },
  { cloud: 'gcp', name: 'a viewer of the account', expected: 'pass', resources: [account, space(), act('roles/iam.serviceAccountViewer')] },
  { cloud: 'gcp', name: 'a key file', expected: 'fail', at: 'file', resources: [account, resource('gcp:serviceaccount/key:Key', 'file', { serviceAccountId: '${gcp:serviceaccount/account:Account::account.name}' })] },
  { cloud: 'gcp', name: 'a token creator of the project', expected: 'fail', at: 'creator', path: 'role', resources: [account, member('project', 'creator', 'roles/iam.serviceAccountTokenCreator', 'user:m@example.org')] },
];

export const cases: RuleCase[] = gcp;
