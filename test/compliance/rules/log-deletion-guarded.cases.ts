import { body, bucket, key, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'all retained', expected: 'pass', resources: { Trail: trail(), Logs: bucket(), LogKey: key() } },
  { cloud: 'aws', name: 'the bucket goes', expected: 'fail', at: 'Logs', path: 'DeletionPolicy', resources: { Trail: trail(), Logs: bucket({}, {}), LogKey: key() } },
  { cloud: 'aws', name: 'the trail goes', expected: 'fail', at: 'Trail', resources: { Trail: trail({}, { DeletionPolicy: 'Delete' }), Logs: bucket(), LogKey: key() } },
  { cloud: 'aws', name: 'the key goes', expected: 'fail', at: 'Logs', resources: { Trail: trail(), Logs: bucket(), LogKey: key({}, {}) } },
  { cloud: 'aws', name: 'a log group goes', expected: 'fail', at: 'Group', resources: { Group: body('AWS::Logs::LogGroup', {}) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
