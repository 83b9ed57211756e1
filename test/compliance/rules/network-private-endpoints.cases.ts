import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase, TemplateResources } from '../rule-case.js';

const endpoint = (PolicyDocument: object, service = 'kms', PrivateDnsEnabled = true): TemplateResources[string] =>
  body('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', ServiceName: `com.amazonaws.us-east-1.${service}`, PrivateDnsEnabled, PolicyDocument } as never);

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'own account only', expected: 'pass', resources: { Kms: endpoint({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*', Condition: { StringEquals: { 'aws:PrincipalAccount': '111122223333' } } }] }) } },
  { cloud: 'aws', name: 'no policy', expected: 'fail', at: 'Kms', path: 'PolicyDocument', resources: { Kms: endpoint({ Ref: 'AWS::NoValue' }) } },
  { cloud: 'aws', name: 'a policy that allows everything', expected: 'fail', at: 'Kms', path: 'PolicyDocument.Statement[0]', resources: { Kms: endpoint({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] }) } },
  { cloud: 'aws', name: 'a condition that any account meets', expected: 'fail', at: 'Kms', resources: { Kms: endpoint({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', Condition: { StringLike: { 'aws:PrincipalAccount': '*' } } }] }) } },
  { cloud: 'aws', name: 'a condition that holds when the key is absent', expected: 'fail', at: 'Kms', resources: { Kms: endpoint({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', Condition: { StringEqualsIfExists: { 'aws:PrincipalAccount': '111122223333' } } }] }) } },
  { cloud: 'aws', name: 'named buckets', expected: 'pass', resources: { S3: endpoint({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::al2023-repos-us-east-1-de612dc2/*' }] }, 's3') } },
  { cloud: 'aws', name: 'every bucket', expected: 'fail', at: 'S3', resources: { S3: endpoint({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::*' }] }, 's3') } },
  { cloud: 'aws', name: 'names resolve to the public address', expected: 'fail', at: 'Kms', path: 'PrivateDnsEnabled', resources: { Kms: endpoint({ Statement: [] }, 'kms', false) } },
  { cloud: 'aws', name: 'a host and no KMS endpoint', expected: 'fail', at: 'aws', resources: { Vpc: body('AWS::EC2::VPC', {}), Host: launchTemplate() } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
