import { processesPhi } from '../phi.js';
import { armOf, covers } from '../prove/azure/arm.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const CHANGES = [
  'Microsoft.Network/networkSecurityGroups/securityRules/write', 'Microsoft.Network/networkSecurityGroups/write', 'Microsoft.Network/virtualNetworks/subnets/write', 'Microsoft.Network/virtualNetworks/write',
  'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write', 'Microsoft.Network/publicIPAddresses/write', 'Microsoft.Network/routeTables/write', 'Microsoft.Authorization/roleAssignments/write',
];

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  const breakGlass = deployment.workload?.breakGlass.azure?.toLowerCase();
  for (const network of deployment.ofType('azure-native:network:VirtualNetwork')) {
    const id = arm.idOf(network);
    yield* outcomes(network, grantsOf(deployment).flatMap(({ assignment, scope, role, roleName, principal }) => {
      if (id === undefined || (scope !== undefined && !covers(scope, id)) || (principal.objectId !== undefined && principal.objectId === breakGlass)) return [];
      if (scope === undefined || !role) return [unknown('', `${assignment.name} assigns ${roleName}: what it allows on the network cannot be told`)];
      const change = CHANGES.find((action) => allows(role, 'control', action));
      return change === undefined ? [] : [fail('', `${principal.text} may ${change}, by ${roleName} through ${assignment.name}`)];
    }));
  }
};

export const rule = defineRule({
  id: 'network-change-restricted',
  title: 'Nobody but the deployment changes the network',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(4)(ii)(C)', '45 CFR 164.312(e)(1)'],
  why: 'Segments, rules and endpoints hold only as long as nobody edits them in place: one rule or one public address opens a path that no artifact shows.',
  fix: { azure: 'Assign no Owner, Contributor, Network Contributor or custom role with Microsoft.Network writes on the resource group of the workload to anybody but break glass.' },
  checks: { azure },
});
