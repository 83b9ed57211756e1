import type { RuleCase } from '../rule-case.js';
import { GUARDED, keyTemplate, role, ROOT } from '../prove/aws/fixture.js';

const put = (principal: string) => ({ Sid: 'Put', Effect: 'Allow', Principal: { AWS: principal }, Action: 'kms:PutKeyPolicy', Resource: '*' });
const aws: RuleCase[] = [
  { name: 'deployment role, and break-glass under MFA', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate() },
  { name: 'key administrator', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ changers: null, put: put(role('KeyAdmin')) }) },
  { name: 'the whole account', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ changers: null, put: put(ROOT) }), workload: null },
  { name: 'break-glass without MFA', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ breakGlass: { ...GUARDED.breakGlass, Condition: {} } }) },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
