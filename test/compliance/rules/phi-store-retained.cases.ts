import type { RuleCase } from '../rule-case.js';
import { body, bucket } from '../aws-fixture.js';

const table = (DeletionProtectionEnabled: boolean) => body('AWS::DynamoDB::Table', { DeletionProtectionEnabled }, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
const aws: RuleCase[] = [
  { name: 'retained bucket', cloud: 'aws', expected: 'pass', at: 'Store', resources: { Store: bucket() } },
  { name: 'bucket goes', cloud: 'aws', expected: 'fail', at: 'Store', path: 'DeletionPolicy', resources: { Store: bucket({}, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain' }) } },
  { name: 'protected table', cloud: 'aws', expected: 'pass', at: 'Items', resources: { Items: table(true) } },
  { name: 'unprotected table', cloud: 'aws', expected: 'fail', at: 'Items', resources: { Items: table(false) } },
  { name: 'unprotected database', cloud: 'aws', expected: 'fail', at: 'Db', resources: { Db: body('AWS::RDS::DBInstance', {}) } },
];

export const cases: RuleCase[] = [...aws];
