import { body, hostWithRole } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const sibling = (Action: string | string[], Resource: string) => ({
  ...hostWithRole({ RoleName: 'tee' }, { Effect: 'Allow', Action: 'autoscaling:CompleteLifecycleAction', Resource: '*' }),
  Ops: body('AWS::IAM::Role', { RoleName: 'ops', AssumeRolePolicyDocument: {}, Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } }] } as never),
});

export const cases: RuleCase[] = [
  { name: 'a host that admits itself', cloud: 'aws', expected: 'pass', at: 'Role', resources: sibling('logs:PutLogEvents', '*') },
  { name: 'a session on a host', cloud: 'aws', expected: 'fail', at: 'Ops', resources: sibling('ssm:StartSession', '*') },
  { name: 'the serial console', cloud: 'aws', expected: 'fail', at: 'Ops', resources: sibling(['ec2-instance-connect:SendSerialConsoleSSHPublicKey'], '*') },
  { name: 'another launch template', cloud: 'aws', expected: 'fail', at: 'Ops', resources: sibling('ec2:CreateLaunchTemplateVersion', '*') },
  { name: 'somebody else admits hosts', cloud: 'aws', expected: 'fail', at: 'Ops', resources: sibling('autoscaling:Complete*', '*') },
  { name: 'a session on one other host', cloud: 'aws', expected: 'pass', at: 'Ops', resources: sibling('ssm:StartSession', 'arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0') },
];
