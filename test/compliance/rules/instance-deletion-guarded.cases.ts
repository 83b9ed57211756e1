import type { RuleCase } from '../rule-case.js';
import { vm } from '../gcp-fixture.js';

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'guarded', expected: 'pass', resources: [vm({ deletionProtection: true })] },
  { cloud: 'gcp', name: 'by default', expected: 'fail', at: 'vm', path: 'deletionProtection', resources: [vm()] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'vm', path: 'deletionProtection', resources: [vm({ deletionProtection: '[secret]' })] },
];

export const cases: RuleCase[] = gcp;
