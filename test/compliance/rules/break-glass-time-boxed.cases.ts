import type { RuleCase } from '../rule-case.js';
import { keyTemplate, role } from '../prove/aws/fixture.js';

const fresh = { Effect: 'Allow', Principal: { AWS: role('BreakGlass') }, Action: ['kms:PutKeyPolicy', 'kms:DisableKey'], Resource: '*', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' }, NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } } };
const deny = { Effect: 'Deny', Principal: { AWS: role('BreakGlass') }, Action: ['kms:PutKeyPolicy', 'kms:DisableKey', 'kms:ScheduleKeyDeletion'], Resource: '*', Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } } };

const aws: RuleCase[] = [
  { name: 'MFA within the hour, and a Deny without', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate({ breakGlass: fresh, deny }) },
  { name: 'MFA however long ago', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ deny }) },
  { name: 'no Deny behind the Allow', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ breakGlass: fresh }) },
  { name: 'no MFA', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ breakGlass: { ...fresh, Condition: {} }, deny }) },
];

export const cases: RuleCase[] = [...aws];
