import { holders } from '../gcp-rights.js';
import { processesPhi } from '../phi.js';
import { identityRights } from '../prove/aws/rights.js';
import { armOf, covers } from '../prove/azure/arm.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

/** What opens a network of AWS, or leads its names and connections elsewhere. */
const AWS_CHANGES = [
  'ec2:AuthorizeSecurityGroupIngress', 'ec2:AuthorizeSecurityGroupEgress', 'ec2:ModifySecurityGroupRules', 'ec2:CreateRoute', 'ec2:ReplaceRoute', 'ec2:ReplaceRouteTableAssociation', 'ec2:DisassociateRouteTable', 'ec2:CreateNetworkAclEntry', 'ec2:ReplaceNetworkAclEntry', 'ec2:DeleteNetworkAclEntry',
  'ec2:ReplaceNetworkAclAssociation', 'ec2:AttachInternetGateway', 'ec2:AttachVpnGateway', 'ec2:CreateVpcPeeringConnection', 'ec2:AcceptVpcPeeringConnection', 'ec2:CreateTransitGatewayVpcAttachment', 'ec2:CreateVpcEndpoint', 'ec2:ModifyVpcEndpoint', 'ec2:AssociateAddress', 'ec2:ModifySubnetAttribute',
  'ec2:ModifyVpcAttribute', 'ec2:CreateTrafficMirrorSession', 'elasticloadbalancing:CreateListener', 'elasticloadbalancing:ModifyListener', 'elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:SetSecurityGroups', 'route53resolver:DisassociateFirewallRuleGroup', 'route53resolver:UpdateFirewallConfig',
  'route53resolver:UpdateFirewallRule', 'route53resolver:CreateFirewallRule', 'route53resolver:AssociateResolverRule', 'route53:AssociateVPCWithHostedZone', 'ram:CreateResourceShare',
] as const;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const { resource, can, holds } of identityRights(deployment)) {
    const ways = AWS_CHANGES.filter((action) => holds(action) && (can(action, `arn:aws:${action.split(':')[0] ?? ''}:us-east-1:000000000000:any/any`) || can(action, '*')));
    yield* outcomes(resource, ways.length === 0 ? true : fail('', `can change the network: ${ways.slice(0, 4).join(', ')}${ways.length > 4 ? ` and ${ways.length - 4} more` : ''}`));
  }
};

const CHANGES = [
  'Microsoft.Network/networkSecurityGroups/securityRules/write', 'Microsoft.Network/networkSecurityGroups/write', 'Microsoft.Network/virtualNetworks/subnets/write', 'Microsoft.Network/virtualNetworks/write',
  'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write', 'Microsoft.Network/publicIPAddresses/write', 'Microsoft.Network/routeTables/write', 'Microsoft.Network/routeTables/routes/write', 'Microsoft.Network/loadBalancers/write', 'Microsoft.Network/privateEndpoints/write',
  'Microsoft.Network/privateEndpoints/delete', 'Microsoft.Network/privateDnsZones/write', 'Microsoft.Network/privateDnsZones/A/write', 'Microsoft.Network/networkWatchers/flowLogs/write', 'Microsoft.Network/networkWatchers/flowLogs/delete', 'Microsoft.Authorization/roleAssignments/write',
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

/** Whoever holds one of these edits rules, routes, names, perimeters or the joints of the network. Source: IAM, predefined roles, read 2026-11. */
const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  yield* holders(deployment, {
    roles: /^roles\/(owner|editor|compute\.(admin|networkAdmin|securityAdmin|loadBalancerAdmin|orgFirewallPolicyAdmin|orgSecurityPolicyAdmin|orgSecurityResourceAdmin|xpnAdmin|packetMirroringAdmin|publicIpAdmin)|dns\.admin|networkconnectivity\.(admin|hubAdmin|spokeAdmin|policyBasedRouteAdmin)|servicenetworking\.networksAdmin|networksecurity\.admin|vpcaccess\.admin|accesscontextmanager\.policy(Admin|Editor))$/,
    permissions: /^(compute\.(firewalls|firewallPolicies|regionFirewallPolicies|networks|subnetworks|routes|routers|externalVpnGateways|vpnGateways|vpnTunnels|packetMirrorings|forwardingRules|globalForwardingRules|networkAttachments|serviceAttachments)\.(create|update|delete|addPeering|updatePeering|removePeering|updatePolicy|setFirewallPolicy|setPrivateIpGoogleAccess|expandIpCidrRange|setIamPolicy|pscCreate)|compute\.organizations\.(setFirewallPolicy|enableXpnHost|enableXpnResource)|dns\.(managedZones|resourceRecordSets|policies|responsePolicies|responsePolicyRules)\.(create|update|delete)|accesscontextmanager\.(servicePerimeters|accessLevels|policies)\.(create|update|delete|replaceAll|commit|setIamPolicy)|networkconnectivity\.(spokes|policyBasedRoutes)\.create|vpcaccess\.connectors\.create|servicenetworking\.services\.addPeering)$/,
    on: /^gcp:(compute\/subnetworkIAM|accesscontextmanager\/accessPolicyIam|dns\/dnsManagedZoneIam)(Member|Binding|Policy):/,
    may: 'change the network or its perimeter',
  });
  // Whoever may use a subnetwork puts machines of another project into it.
  yield* holders(deployment, { roles: /^roles\/compute\.networkUser$/, permissions: /^compute\.subnetworks\.(use|useExternalIp)$/, on: /^gcp:compute\/subnetworkIAM(Member|Binding|Policy):/, may: 'put machines into the network' });
};

export const rule = defineRule({
  id: 'network-change-restricted',
  title: 'Nobody but the deployment changes the network',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(4)(ii)(C)', '45 CFR 164.312(e)(1)'],
  why: 'Segments, rules and endpoints hold only as long as nobody edits them in place: one rule or one public address opens a path that no artifact shows.',
  fix: {
    aws: 'Leave rules of security groups and network ACLs, routes, endpoints, peerings, listeners and the DNS firewall to the deployment role, or limit other roles to resources of other networks.',
    azure: 'Assign no Owner, Contributor, Network Contributor or custom role with Microsoft.Network writes on the resource group of the workload to anybody but break glass.',
    gcp: 'Bind no roles/compute.networkAdmin, securityAdmin, networkUser, dns.admin, accesscontextmanager.policyAdmin or policyEditor, and no custom role with such permissions, to anybody but the deployer and break glass.',
  },
  checks: { aws, azure, gcp },
});
