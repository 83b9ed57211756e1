import { guardrails as organisation } from '../aws-guardrails.js';
import { guardrails as refuses, request } from '../azure-guardrails.js';
import { deniesAll, enforced, guardrails } from '../gcp-guardrails.js';
import { defineRule } from '../rule.js';

export const rule = defineRule({
  id: 'guardrail-network',
  title: 'The cloud itself refuses public addresses and ways out of the network',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(1)(ii)(B)', '45 CFR 164.312(e)(1)'],
  why: 'An external address, a gateway or an open rule can be added by hand to what runs; a policy above the workload refuses it.',
  fix: {
    aws: 'Use organisationGuardrails(), attach its service control policy to the accounts of the workload (TargetIds), and except nobody but the deployment and break-glass roles from the Deny on ec2:AttachInternetGateway, ec2:CreateNatGateway and ec2:CreateVpcPeeringConnection.',
    azure: 'Use Guardrails, or assign deny policies (enforcementMode Default, no notScopes, no exemptions) against public addresses, gateways and peerings, and against security rules that let the internet in.',
    gcp: 'Use OrgGuardrails, or orgpolicy.Policy: compute.vmExternalIpAccess denyAll on the workload project, compute.skipDefaultNetworkCreation on both.',
  },
  checks: {
    aws: organisation('ec2:AttachInternetGateway', 'ec2:CreateNatGateway', 'ec2:CreateVpcPeeringConnection', 'ec2:CreateEgressOnlyInternetGateway', 'ec2:CreateTransitGatewayVpcAttachment', 'route53resolver:UpdateFirewallRule'),
    azure: refuses([
      ['public addresses and gateways', ['publicIPAddresses', 'natGateways', 'virtualNetworkGateways'].map((type) => request(`Microsoft.Network/${type}`))],
      ['peerings', [request('Microsoft.Network/virtualNetworks/virtualNetworkPeerings', {}, false)]],
      ['security rules open to everybody', [request('Microsoft.Network/networkSecurityGroups/securityRules', { direction: 'Inbound', access: 'Allow', sourceAddressPrefix: '*' }, false)]],
    ]),
    gcp: guardrails([
      { name: 'compute.vmExternalIpAccess', on: 'workload', judge: deniesAll },
      { name: 'compute.skipDefaultNetworkCreation', on: 'both', judge: enforced },
    ]),
  },
});
