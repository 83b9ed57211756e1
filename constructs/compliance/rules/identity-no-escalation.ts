import { processesPhi } from '../phi.js';
import { identityRights } from '../prove/aws/rights.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

/** Actions on a role with which an identity gets that role's rights, or others that it gives itself. */
const ON_ROLES = ['iam:PassRole', 'iam:UpdateAssumeRolePolicy', 'iam:AttachRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePermissionsBoundary', 'iam:AddRoleToInstanceProfile'] as const;
/** The same, by way of users and policies. */
const ELSEWHERE = ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion', 'iam:CreateAccessKey', 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile', 'iam:AttachUserPolicy', 'iam:PutUserPolicy', 'iam:AttachGroupPolicy', 'iam:PutGroupPolicy', 'iam:AddUserToGroup', 'cloudformation:CreateStack', 'cloudformation:UpdateStack'] as const;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const { resource, can, holds, own, roles } of identityRights(deployment)) {
    const held = ON_ROLES.filter(holds);
    const ways = [
      ...(held.length === 0 ? [] : roles).flatMap(({ arn, name }) => held.filter((action) => !(arn === own && action === 'iam:PassRole')).flatMap((action) => (can(action, arn) ? [`${action} on ${name}`] : []))),
      ...ELSEWHERE.flatMap((action) => (can(action, 'arn:aws:any:us-east-1:000000000000:any/any') ? [action] : [])),
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
