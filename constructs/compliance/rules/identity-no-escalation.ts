import { type Deployment, strings } from '../model.js';
import { processesPhi } from '../phi.js';
import { type IdentityRights, identityRights } from '../prove/aws/rights.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

/** Actions on a role with which an identity gets that role's rights, or others that it gives itself. */
const ON_ROLES = ['iam:PassRole', 'iam:UpdateAssumeRolePolicy', 'iam:AttachRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePermissionsBoundary', 'iam:AddRoleToInstanceProfile'] as const;
/** Roles that change gates, keys and logs: nobody of the artifact takes them on. */
const ASSUME = 'sts:AssumeRole';
/** The same, by way of policies, users, groups and stacks. */
const ELSEWHERE = {
  policy: ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'],
  user: ['iam:CreateAccessKey', 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile', 'iam:AttachUserPolicy', 'iam:PutUserPolicy', 'iam:AddUserToGroup'],
  group: ['iam:AttachGroupPolicy', 'iam:PutGroupPolicy', 'iam:AddUserToGroup'],
  stack: ['cloudformation:CreateStack', 'cloudformation:UpdateStack', 'cloudformation:ExecuteChangeSet'],
  function: ['lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration'],
} as const;

/** What stands for the policies, users, groups and stacks of an account: any of them, and those that the artifact names. */
function targets(deployment: Deployment, { own, arn }: IdentityRights): Readonly<Record<keyof typeof ELSEWHERE, readonly string[]>> {
  const account = own.split(':')[4] ?? '';
  const any = (service: string, what: string): string => `arn:aws:${service}:${account}:${what}`;
  const holders = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'].flatMap((type) => deployment.ofType(type));
  const carried = holders.flatMap(({ properties }) => [...strings(properties['ManagedPolicyArns']), ...strings(properties['PermissionsBoundary'])]).filter((text) => /^arn:[^$]*:policy\/[^$]*$/.test(text) && !text.includes(':aws:policy/'));
  const policies = deployment.ofType('AWS::IAM::ManagedPolicy').flatMap(({ id, properties }) => [`\${${id}.Ref}`, ...(typeof properties['ManagedPolicyName'] === 'string' ? [any('iam:', `policy${typeof properties['Path'] === 'string' ? properties['Path'] : '/'}${properties['ManagedPolicyName']}`)] : [])]);
  const groups = deployment.ofType('AWS::IAM::Group').flatMap(({ properties }) => (typeof properties['GroupName'] === 'string' ? [any('iam:', `group/${properties['GroupName']}`)] : []));
  const functions = deployment.ofType('AWS::Lambda::Function').flatMap(({ properties }) => (typeof properties['FunctionName'] === 'string' ? [any('lambda:us-east-1', `function:${properties['FunctionName']}`)] : []));
  return {
    function: [any('lambda:us-east-1', 'function:any'), ...functions],
    policy: [any('iam:', 'policy/any'), ...carried, ...policies],
    user: [any('iam:', 'user/any'), ...deployment.ofType('AWS::IAM::User').map(arn).filter((one) => one !== own)],
    group: [any('iam:', 'group/any'), ...groups],
    stack: [any('cloudformation:us-east-1', 'stack/any/any'), ...Object.entries(deployment.environments).map(([name, { region }]) => any(`cloudformation:${region ?? 'us-east-1'}`, `stack/${name}/any`))],
  };
}

function elsewhere(deployment: Deployment, rights: IdentityRights): readonly string[] {
  const { can, holds } = rights;
  const held = (['policy', 'user', 'group', 'stack', 'function'] as const).map((kind) => [kind, ELSEWHERE[kind].filter(holds)] as const).filter(([, actions]) => actions.length > 0);
  if (held.length === 0) return [];
  const known = targets(deployment, rights);
  return [...new Set(held.flatMap(([kind, actions]) => actions.filter((action) => known[kind].some((target) => can(action, target)))))];
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const rights of identityRights(deployment)) {
    const { resource, can, holds, own, roles } = rights;
    const held = ON_ROLES.filter(holds);
    const ways = [
      ...(held.length === 0 ? [] : roles).flatMap(({ arn, name }) => held.filter((action) => !(arn === own && action === 'iam:PassRole')).flatMap((action) => (can(action, arn) ? [`${action} on ${name}`] : []))),
      ...(holds(ASSUME) ? roles.filter(({ arn, name }) => arn === name && arn !== own && can(ASSUME, arn)).map(({ name }) => `${ASSUME} on ${name}`) : []),
      ...elsewhere(deployment, rights),
    ];
    yield* outcomes(resource, ways.length === 0 ? true : fail('', `can make itself another identity: ${ways.slice(0, 4).join(', ')}${ways.length > 4 ? ` and ${ways.length - 4} more` : ''}`));
  }
};

export const rule = defineRule({
  id: 'identity-no-escalation',
  title: 'No identity can make itself another one',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(4)(ii)(C)', '45 CFR 164.312(a)(1)'],
  why: 'Whoever may rewrite trust, attach policies or pass a role becomes the role that the gate admits, or the one that may change the gate.',
  fix: {
    aws: 'Leave iam:PassRole, iam:UpdateAssumeRolePolicy, iam:AttachRolePolicy, iam:PutRolePolicy and the like to the deployment role, or limit them to roles that the PHI key does not admit.',
  },
  checks: { aws },
});
