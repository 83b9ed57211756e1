import { covers, hostRoles, isAllow, list, rolePolicies, shown, statements } from '../aws.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

/** AWS-managed policies that give more than one workload needs. */
const BROAD = /:aws:policy\/(.*\/)?(AdministratorAccess|PowerUserAccess|IAMFullAccess|.*FullAccess|ReadOnlyAccess|SecurityAudit|.*PowerUser)$/;
/** Actions with which an identity makes itself another one. */
const ESCALATIONS = ['iam:PassRole', 'iam:AttachRolePolicy', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:CreatePolicyVersion', 'iam:CreateAccessKey', 'kms:PutKeyPolicy', 'kms:CreateGrant', 'lambda:UpdateFunctionCode', 'ssm:SendCommand'];

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const role of hostRoles(deployment)) {
    const managed = list(role.properties['ManagedPolicyArns']);
    const broad = managed instanceof Unknown ? [unknown('ManagedPolicyArns', managed.reason)]
      : managed.flatMap((arn, index) => (arn instanceof Unknown ? [unknown(`ManagedPolicyArns[${index}]`, arn.reason)] : typeof arn === 'string' && BROAD.test(arn) ? [fail(`ManagedPolicyArns[${index}]`, `attaches ${arn}`)] : []));
    yield* outcomes(role, broad);
    for (const { resource, path, document } of rolePolicies(deployment, role)) {
      const all = statements(document, path);
      if (all instanceof Unknown) {
        yield* outcomes(resource, unknown(path, `the policy is not known: ${all.reason}`));
        continue;
      }
      yield* outcomes(resource, all.filter(isAllow).flatMap((statement) => {
        if (statement.notActions) return [fail(statement.path, 'NotAction allows every action that is not named')];
        const wild = statement.actions.filter((action) => action === '*' || /^[\w-]+:\*$/.test(action));
        const escalations = ESCALATIONS.filter((action) => statement.actions.some((pattern) => covers(pattern, action)));
        return [
          ...(wild.length > 0 ? [fail(statement.path, `allows ${shown(wild.join(', '))}`)] : []),
          ...(wild.length === 0 && escalations.length > 0 ? [fail(statement.path, `allows ${escalations.join(', ')}: the identity can make itself another one`)] : []),
        ];
      }));
    }
  }
};

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'tee-identity-least-privilege',
  title: 'The identity of the TEE can do only its own work',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(i)', '45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.308(a)(3)(ii)(A)'],
  why: 'One identity per workload with exact rights limits what a compromised host can reach.',
  fix: {
    aws: 'Use EnclaveFleet, or a dedicated role with exact actions and resources: no wildcard action, no administrator policy, no iam:PassRole, no kms:* beyond the key.',

    azure: 'Use ConfidentialVm with its own user-assigned identity and Key Vault Crypto Service Release User at key scope; no Contributor or Owner.',

    gcp: 'Use ConfidentialVm with a dedicated service account and scopes cloud-platform only with narrow roles; never the default compute account, roles/owner or roles/editor.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
