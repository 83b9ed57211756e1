import { body, bucket, bucketPolicy, key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const write = (Condition?: object) => ({ Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 's3:PutObject', Resource: '*', ...(Condition && { Condition }) });
const logs = (...statements: object[]) => ({ Key: key(), Logs: bucket(), Guard: bucketPolicy('Logs', ...statements) });
const used = (Condition?: object) => ({ Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'kms:Decrypt', Resource: '*', ...(Condition && { Condition }) }] } }) });

const trusted = (Service: string, Condition?: object) => ({ Key: key(), Role: body('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole', ...(Condition && { Condition }) }] } } as never) });

export const cases: RuleCase[] = [
  { name: 'for one trail', cloud: 'aws', expected: 'pass', at: 'Guard', resources: logs(write({ StringEquals: { 'aws:SourceArn': 'arn:aws:cloudtrail:us-east-1:111122223333:trail/t' } })) },
  { name: 'for one account', cloud: 'aws', expected: 'pass', at: 'Guard', resources: logs(write({ StringEquals: { 'aws:SourceAccount': '111122223333' } })) },
  { name: 'for anybody', cloud: 'aws', expected: 'fail', at: 'Guard', resources: logs(write()) },
  { name: 'for a trail of any account', cloud: 'aws', expected: 'fail', at: 'Guard', resources: logs(write({ ArnLike: { 'aws:SourceArn': 'arn:aws:cloudtrail:*:*:trail/t' } })) },
  { name: 'where no account is named, IfExists', cloud: 'aws', expected: 'fail', at: 'Guard', resources: logs(write({ StringEqualsIfExists: { 'aws:SourceAccount': '111122223333' } })) },
  { name: 'a key for one log group', cloud: 'aws', expected: 'pass', at: 'Key', resources: used({ ArnLike: { 'kms:EncryptionContext:aws:logs:arn': 'arn:aws:logs:us-east-1:111122223333:log-group:*' } }) },
  { name: 'a key for anybody', cloud: 'aws', expected: 'fail', at: 'Key', path: 'KeyPolicy.Statement[0]', resources: used() },
  { name: 'a role of CloudTrail for one account', cloud: 'aws', expected: 'pass', at: 'Role', resources: trusted('cloudtrail.amazonaws.com', { StringEquals: { 'aws:SourceAccount': '111122223333' } }) },
  { name: 'a role of CloudTrail for anybody', cloud: 'aws', expected: 'fail', at: 'Role', resources: trusted('cloudtrail.amazonaws.com') },
  { name: 'a topic for EventBridge, which takes no condition', cloud: 'aws', expected: 'pass', at: 'Topic', resources: { Key: key(), Topic: body('AWS::SNS::TopicPolicy', { PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish', Resource: '*' }] } }) } },
  { name: 'a topic policy that is not known', cloud: 'aws', expected: 'unknown', at: 'Topic', resources: { Key: key(), Topic: body('AWS::SNS::TopicPolicy', { PolicyDocument: { 'Fn::ImportValue': 'x' } }) } },
  { name: 'a role that others take on too', cloud: 'aws', expected: 'fail', at: 'Role', path: 'AssumeRolePolicyDocument.Statement[1]', resources: { Key: key(), Role: body('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } } }, { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'sts:AssumeRole' }] } }) } },
];
