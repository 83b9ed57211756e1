import { WORKLOAD } from '../workload-fixture.js';
import { body, key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const [administrator = ''] = WORKLOAD.keyAdministrators.aws ?? [];
const breakGlass = WORKLOAD.breakGlass.aws ?? '';
const func = (Role: object | string) => ({ Key: key(), Code: body('AWS::Lambda::Function', { Role, Handler: 'i.h' } as never) });
const named = { Admin: body('AWS::IAM::Role', { RoleName: administrator.split('/').at(-1) ?? '', AssumeRolePolicyDocument: {} }) };

export const cases: RuleCase[] = [
  { name: 'a function with a role of its own', cloud: 'aws', expected: 'pass', at: 'aws', resources: func('arn:aws:iam::111122223333:role/own') },
  { name: 'a function with a key administrator', cloud: 'aws', expected: 'fail', at: 'Code', path: 'Role', resources: func(administrator) },
  { name: 'by reference', cloud: 'aws', expected: 'fail', at: 'Code', resources: { ...func({ 'Fn::GetAtt': ['Admin', 'Arn'] }), ...named } },
  { name: 'a schedule that breaks the glass', cloud: 'aws', expected: 'fail', at: 'Schedule', path: 'Target.RoleArn', resources: { Key: key(), Schedule: body('AWS::Scheduler::Schedule', { Target: { Arn: 'arn:aws:scheduler:::aws-sdk:kms:putKeyPolicy', RoleArn: breakGlass } }) } },
  { name: 'a document that assumes it', cloud: 'aws', expected: 'fail', at: 'Book', resources: { Key: key(), Book: body('AWS::SSM::Document', { DocumentType: 'Automation', Content: { assumeRole: breakGlass } }) } },
  { name: 'a policy that only speaks of it', cloud: 'aws', expected: 'pass', at: 'aws', resources: { Key: key(), Guard: body('AWS::SNS::TopicPolicy', { PolicyDocument: { Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sns:*', Resource: '*', Condition: { ArnNotEquals: { 'aws:PrincipalArn': breakGlass } } }] } }) } },
];
