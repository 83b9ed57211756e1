import { bucket, hostWithRole } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const may = (Action: string | string[], Resource: string | object, more: object = {}) => ({ ...hostWithRole({ RoleName: 'tee' }, { Effect: 'Allow', Action, Resource, ...more }), Store: bucket({ BucketName: 'phi' }) });
const all = (Action: string, more: object) => hostWithRole({ RoleName: 'tee' }, { Effect: 'Allow', Action, ...more });

export const cases: RuleCase[] = [
  { name: 'a bucket of the artifact', cloud: 'aws', expected: 'pass', at: 'Policy', resources: may('s3:PutObject', { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Store', 'Arn'] }, '/*']] }) },
  { name: 'the same by its name', cloud: 'aws', expected: 'pass', at: 'Policy', resources: may('s3:PutObject', 'arn:aws:s3:::phi/*') },
  { name: 'the releases of the workload, for reading', cloud: 'aws', expected: 'pass', at: 'Policy', resources: may('s3:GetObjectVersion', 'arn:aws:s3:::b/*'), workload: null },
  { name: 'a resource of the own account', cloud: 'aws', expected: 'pass', at: 'Policy', resources: may('logs:PutLogEvents', 'arn:aws:logs:us-east-1:111122223333:log-group:hosts:*') },
  { name: 'actions that take no resource', cloud: 'aws', expected: 'pass', at: 'Policy', resources: may(['ec2:DescribeInstances', 'cloudwatch:PutMetricData', 'kms:GenerateRandom'], '*') },
  { name: 'a bucket of somebody', cloud: 'aws', expected: 'fail', at: 'Policy', resources: may('s3:PutObject', 'arn:aws:s3:::elsewhere/*') },
  { name: 'another bucket, for reading', cloud: 'aws', expected: 'unknown', at: 'Policy', resources: may('s3:GetObject', 'arn:aws:s3:::elsewhere/*') },
  { name: 'any bucket of a name', cloud: 'aws', expected: 'fail', at: 'Policy', resources: may('s3:PutObject', 'arn:aws:s3:::phi*/*') },
  { name: 'any queue', cloud: 'aws', expected: 'fail', at: 'Policy', resources: may('sqs:SendMessage', '*') },
  { name: 'a role of another account', cloud: 'aws', expected: 'fail', at: 'Policy', resources: may('sts:AssumeRole', 'arn:aws:iam::999988887777:role/exit') },
  { name: 'all but one', cloud: 'aws', expected: 'fail', at: 'Policy', resources: all('s3:GetObject', { NotResource: 'arn:aws:s3:::private/*' }) },
];
