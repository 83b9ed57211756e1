import type { RuleCase } from '../rule-case.js';
import { body, key } from '../aws-fixture.js';
import { role } from '../prove/aws/fixture.js';

const operator = (Action: string | string[], Resource: object | string = '*', more: object = {}) => ({
  Operator: body('AWS::IAM::Role', { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } }], ...more } as never),
});
const GATE = 'arn:aws:iam::111122223333:policy/gate';
const set = (properties: object) => ({ Key: key(), Set: body('AWS::SSO::PermissionSet', { Name: 'people', InstanceArn: 'arn:aws:sso:::instance/ssoins-1', ...properties } as never) });
const aws: RuleCase[] = [
  { name: 'takes on the deployment role', cloud: 'aws', expected: 'fail', at: 'Operator', resources: operator('sts:AssumeRole', role('Deploy')) },
  { name: 'takes on a role that matters to nobody', cloud: 'aws', expected: 'pass', at: 'Operator', resources: operator('sts:AssumeRole', role('jobs')) },
  { name: 'carries out changes of any stack', cloud: 'aws', expected: 'fail', at: 'Operator', resources: operator('cloudformation:ExecuteChangeSet') },
  { name: 'rewrites any function', cloud: 'aws', expected: 'fail', at: 'Operator', resources: operator('lambda:UpdateFunctionCode') },
  { name: 'reads only', cloud: 'aws', expected: 'pass', at: 'Operator', resources: operator('iam:GetRole') },
  { name: 'passes one role that matters to nobody', cloud: 'aws', expected: 'pass', at: 'Operator', resources: operator('iam:PassRole', 'arn:aws:iam::111122223333:role/jobs') },
  { name: 'passes any role', cloud: 'aws', expected: 'fail', at: 'Operator', resources: { ...operator(['iam:PassRole', 'ec2:RunInstances']), Other: body('AWS::IAM::Role', {}) } },
  { name: 'passes the deployment role', cloud: 'aws', expected: 'fail', at: 'Operator', resources: operator('iam:PassRole', role('Deploy')) },
  { name: 'writes policies', cloud: 'aws', expected: 'fail', at: 'Operator', resources: operator('iam:Create*') },
  { name: 'turns back any policy of the account', cloud: 'aws', expected: 'fail', at: 'Operator', resources: operator('iam:SetDefaultPolicyVersion', 'arn:aws:iam::111122223333:policy/*') },
  { name: 'turns back a policy that holds a role in', cloud: 'aws', expected: 'fail', at: 'Operator', resources: { ...operator('iam:SetDefaultPolicyVersion', GATE), Held: body('AWS::IAM::Role', { PermissionsBoundary: GATE }) } },
  { name: 'turns back a policy of the artifact', cloud: 'aws', expected: 'fail', at: 'Operator', resources: { ...operator('iam:SetDefaultPolicyVersion', { Ref: 'Gate' }), Gate: body('AWS::IAM::ManagedPolicy', { PolicyDocument: {} }) } },
  { name: 'turns back a policy that nobody here carries', cloud: 'aws', expected: 'pass', at: 'Operator', resources: operator('iam:SetDefaultPolicyVersion', GATE) },
  { name: 'updates any stack of the account', cloud: 'aws', expected: 'fail', at: 'Operator', resources: operator('cloudformation:UpdateStack', 'arn:aws:cloudformation:*:111122223333:stack/*') },
  { name: 'a permission set that administers', cloud: 'aws', expected: 'fail', at: 'Set', resources: set({ ManagedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] }) },
  { name: 'a permission set that passes the deployment role', cloud: 'aws', expected: 'fail', at: 'Set', resources: set({ InlinePolicy: { Statement: [{ Effect: 'Allow', Action: 'iam:PassRole', Resource: role('Deploy') }] } }) },
  { name: 'a permission set that names a policy of the artifact', cloud: 'aws', expected: 'fail', at: 'Set', resources: { ...set({ CustomerManagedPolicyReferences: [{ Name: 'p' }] }), Own: body('AWS::IAM::ManagedPolicy', { ManagedPolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }] } }) } },
  { name: 'a permission set that reads', cloud: 'aws', expected: 'pass', at: 'Set', resources: set({ InlinePolicy: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'iam:GetRole', Resource: '*' }] }) }) },
];

export const cases: RuleCase[] = [...aws];
