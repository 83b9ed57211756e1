import { holders } from '../gcp-rights.js';
import { toggle } from '../gcp.js';
import { at, isList, type Resource } from '../model.js';
import { processesPhi } from '../phi.js';
import { armOf, covers } from '../prove/azure/arm.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

/** What takes a guardrail away, or makes an exception to it. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  'azure-native:authorization:PolicyAssignment': [
    'Microsoft.Authorization/policyAssignments/write', 'Microsoft.Authorization/policyAssignments/delete', 'Microsoft.Authorization/policyExemptions/write', 'Microsoft.Authorization/policySetDefinitions/write', 'Microsoft.Authorization/policyDefinitions/write',
  ],
  'azure-native:authorization:ManagementLockByScope': ['Microsoft.Authorization/locks/delete', 'Microsoft.Authorization/locks/write'],
};

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  const breakGlass = deployment.workload?.breakGlass.azure?.toLowerCase();
  for (const [type, changes] of Object.entries(CHANGES)) {
    for (const guardrail of deployment.ofType(type)) {
      const where = arm.normal(guardrail.properties['scope']);
      yield* outcomes(guardrail, grantsOf(deployment).flatMap(({ assignment, scope, role, roleName, principal }) => {
        if (where === undefined || (scope !== undefined && !covers(scope, where) && !covers(where, scope)) || (principal.objectId !== undefined && principal.objectId === breakGlass)) return [];
        if (scope === undefined || !role) return [unknown('', `${assignment.name} assigns ${roleName}: what it allows on ${name(guardrail)} cannot be told`)];
        const change = changes.find((action) => allows(role, 'control', action));
        return change === undefined ? [] : [fail('', `${principal.text} may ${change}, by ${roleName} through ${assignment.name}`)];
      }));
    }
  }
};

const name = (guardrail: Resource): string => (guardrail.type.endsWith('PolicyAssignment') ? 'the policies' : 'the lock');

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  yield* holders(deployment, {
    roles: /^roles\/(orgpolicy\.policyAdmin|owner|resourcemanager\.(organizationAdmin|folderAdmin|projectMover|tagAdmin))$/,
    permissions: /^(orgpolicy\.(policies\.(create|update|delete)|policy\.set|customConstraints\.(create|update|delete))|resourcemanager\.projects\.(move|update))$/,
    may: 'lift the organisation policies',
  });
  yield* holders(deployment, {
    roles: /^roles\/(editor|monitoring\.(admin|editor|alertPolicyEditor|notificationChannelEditor|snoozeEditor))$/,
    permissions: /^monitoring\.((alertPolicies|notificationChannels)\.(update|delete)|snoozes\.(create|update))$/,
    may: 'silence the alarms',
  });
  yield* holders(deployment, { roles: /^roles\/iam\.(roleAdmin|organizationRoleAdmin)$/, permissions: /^iam\.roles\.(update|undelete)$/, may: 'widen every custom role of the workload' });
  for (const policy of deployment.ofType('gcp:orgpolicy/policy:Policy')) {
    const rules = at(policy.properties, 'spec.rules');
    const lifts = toggle(at(policy.properties, 'spec.reset')) === true || (isList(rules) && rules.some((one) => at(one, 'condition') === undefined && (toggle(at(one, 'allowAll')) === true || toggle(at(one, 'enforce')) === false)));
    if (lifts) yield* outcomes(policy, fail('spec', 'sets aside what the folder or the organisation refuses'));
  }
};

export const rule = defineRule({
  id: 'guardrail-change-restricted',
  title: 'Nobody but break glass takes a guardrail, a lock or an alarm away',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(4)(ii)(C)', '45 CFR 164.308(a)(3)(ii)(A)', '45 CFR 164.308(a)(1)(ii)(B)'],
  why: 'A deny policy refuses and a lock holds only as long as nobody writes an exemption, another assignment or deletes the lock; whoever may do that first does it quietly and then the rest.',
  fix: {
    azure: 'Assign no Owner, User Access Administrator, Resource Policy Contributor, Security Admin or custom role with Microsoft.Authorization policy or lock writes on the workload to anybody but break glass.',
    gcp: 'Bind roles/orgpolicy.policyAdmin, organizationAdmin, folderAdmin and projectMover, the editors of Cloud Monitoring, and custom roles with such permissions, to nobody but the deployer and break glass; monitoring.viewer is enough to look.',
  },
  checks: { azure, gcp },
});
