import type { RuleCase } from '../rule-case.js';
import { body, bucket } from '../aws-fixture.js';
import { ACCOUNT, role } from '../prove/aws/fixture.js';

const OWN = { 'aws:PrincipalAccount': ACCOUNT, 'aws:ResourceAccount': ACCOUNT };
const endpoint = (...statements: object[]) => ({ Kms: body('AWS::EC2::VPCEndpoint', { ServiceName: 'com.amazonaws.us-east-1.kms', VpcEndpointType: 'Interface', PolicyDocument: { Statement: statements.map((one) => ({ Effect: 'Allow', Principal: '*', Action: 'kms:Decrypt', Resource: '*', ...one })) } } as never) });
const aws: RuleCase[] = [
  { name: 'own principals, own resources', cloud: 'aws', expected: 'pass', at: 'Kms', resources: endpoint({ Condition: { StringEquals: OWN } }) },
  { name: 'named principal and resource', cloud: 'aws', expected: 'pass', at: 'Kms', resources: endpoint({ Principal: { AWS: role('Tee') }, Resource: `arn:aws:kms:us-east-1:${ACCOUNT}:key/x` }) },
  { name: 'packages of AWS, read by anybody', cloud: 'aws', expected: 'pass', at: 'Kms', resources: endpoint({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::al2023-repos-us-east-1-de612dc2/*' }) },
  { name: 'random numbers', cloud: 'aws', expected: 'pass', at: 'Kms', resources: endpoint({ Action: 'kms:GenerateRandom', Condition: { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } } }) },
  { name: 'own bucket', cloud: 'aws', expected: 'pass', at: 'Kms', resources: { ...endpoint({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::own/*', Condition: { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } } }), Own: bucket({ BucketName: 'own' }) } },
  { name: 'no condition', cloud: 'aws', expected: 'fail', at: 'Kms', resources: endpoint({}) },
  { name: 'another account too', cloud: 'aws', expected: 'fail', at: 'Kms', resources: endpoint({ Condition: { StringEquals: { ...OWN, 'aws:PrincipalAccount': [ACCOUNT, '999988887777'] } } }) },
  { name: 'if the key exists', cloud: 'aws', expected: 'fail', at: 'Kms', resources: endpoint({ Condition: { StringEqualsIfExists: OWN } }) },
  { name: 'any resource', cloud: 'aws', expected: 'fail', at: 'Kms', resources: endpoint({ Condition: { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } } }) },
  { name: 'a stranger\'s bucket', cloud: 'aws', expected: 'fail', at: 'Kms', resources: endpoint({ Action: 's3:PutObject', Resource: 'arn:aws:s3:::elsewhere/*', Condition: { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } } }) },
  { name: 'no policy', cloud: 'aws', expected: 'fail', at: 'Kms', resources: { Kms: body('AWS::EC2::VPCEndpoint', { ServiceName: 'com.amazonaws.us-east-1.kms' }) } },
  { name: 'policy not known', cloud: 'aws', expected: 'unknown', at: 'Kms', resources: { Kms: body('AWS::EC2::VPCEndpoint', { ServiceName: 'com.amazonaws.us-east-1.kms', PolicyDocument: { 'Fn::ImportValue': 'x' } }) } },
];

export const cases: RuleCase[] = [...aws];
