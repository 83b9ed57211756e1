import type { RuleCase } from '../rule-case.js';
import { ATTESTABLE, GUARDED, keyTemplate } from '../prove/aws/fixture.js';

const context = { Effect: 'Deny', Principal: '*', Action: ATTESTABLE, Resource: '*', Condition: { StringNotEquals: { 'kms:EncryptionContext:phi-workload': 'fixture' } } };

const both = { ...GUARDED.attested, Condition: { ...GUARDED.attested.Condition, StringEquals: { 'kms:EncryptionContext:phi-workload': 'fixture', 'kms:EncryptionContext:stage': 'production' } } };

const aws: RuleCase[] = [
  { name: 'context of the workload only', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate({ context }) },
  { name: 'no context', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate() },
  { name: 'two contexts, a Deny for each', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate({ attested: both, context, stage: { ...context, Sid: 'Stage', Condition: { StringNotEquals: { 'kms:EncryptionContext:stage': 'production' } } } }) },
  { name: 'two contexts, a Deny for one', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ attested: both, context }) },
  { name: 'any context will do', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ context: { ...context, Condition: { Null: { 'kms:EncryptionContext:phi-workload': 'true' } } } }) },
];

export const cases: RuleCase[] = [...aws];
