import type { RuleCase } from '../rule-case.js';
import { ATTESTABLE, keyTemplate } from '../prove/aws/fixture.js';

const context = { Effect: 'Deny', Principal: '*', Action: ATTESTABLE, Resource: '*', Condition: { StringNotEquals: { 'kms:EncryptionContext:phi-workload': 'fixture' } } };

const aws: RuleCase[] = [
  { name: 'context of the workload only', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate({ context }) },
  { name: 'no context', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate() },
  { name: 'any context will do', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ context: { ...context, Condition: { Null: { 'kms:EncryptionContext:phi-workload': 'true' } } } }) },
];

export const cases: RuleCase[] = [...aws];
