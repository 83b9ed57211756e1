import { bucket, bucketPolicy, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'private', expected: 'pass', resources: { Trail: trail(), Logs: bucket(), Policy: bucketPolicy('Logs', { Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 's3:PutObject', Resource: '*' }) } },
  { cloud: 'aws', name: 'no public access block', expected: 'fail', at: 'Logs', resources: { Trail: trail(), Logs: bucket({ PublicAccessBlockConfiguration: { Ref: 'AWS::NoValue' } }) } },
  { cloud: 'aws', name: 'one of its four settings off', expected: 'fail', at: 'Logs', path: 'PublicAccessBlockConfiguration.RestrictPublicBuckets', resources: { Trail: trail(), Logs: bucket({ PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: false } }) } },
  { cloud: 'aws', name: 'ACLs', expected: 'fail', at: 'Logs', path: 'OwnershipControls', resources: { Trail: trail(), Logs: bucket({ OwnershipControls: { Ref: 'AWS::NoValue' } }) } },
  { cloud: 'aws', name: 'a policy for everybody', expected: 'fail', at: 'Policy', resources: { Trail: trail(), Logs: bucket(), Policy: bucketPolicy('Logs', { Effect: 'Allow', Principal: { AWS: '*' }, Action: 's3:GetObject', Resource: '*' }) } },
  { cloud: 'aws', name: 'a policy for everybody in an account of any name', expected: 'fail', at: 'Policy', resources: { Trail: trail(), Logs: bucket(), Policy: bucketPolicy('Logs', { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*', Condition: { StringLike: { 'aws:PrincipalAccount': '*' } } }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
