import { body } from '../aws-fixture.js';
import type { RuleCase, TemplateResources } from '../rule-case.js';
import { azureCase, NOT_KNOWN, resource as azureResource } from '../prove/azure/fixture.js';
import { dnsPolicy, net, resource } from '../gcp-fixture.js';

const dns = (): TemplateResources => ({
  Vpc: body('AWS::EC2::VPC', {}),
  All: body('AWS::Route53Resolver::FirewallDomainList', { Domains: ['*'] }),
  Rules: body('AWS::Route53Resolver::FirewallRuleGroup', { FirewallRules: [{ Action: 'BLOCK', FirewallDomainListId: { 'Fn::GetAtt': ['All', 'Id'] } }] }),
  Firewall: body('AWS::Route53Resolver::FirewallRuleGroupAssociation', { VpcId: { Ref: 'Vpc' }, FirewallRuleGroupId: { 'Fn::GetAtt': ['Rules', 'Id'] }, MutationProtection: 'ENABLED' }),
  Config: body('AWS::Route53Resolver::FirewallConfig', { ResourceId: { Ref: 'Vpc' }, FirewallFailOpen: 'DISABLED' }),
  Log: body('AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation', { ResourceId: { Ref: 'Vpc' }, ResolverQueryLogConfigId: { Ref: 'Logging' } }),
  Logging: body('AWS::Route53Resolver::ResolverQueryLoggingConfig', { DestinationArn: { 'Fn::GetAtt': ['Queries', 'Arn'] } }), Queries: body('AWS::Logs::LogGroup', {}),
});

const dhcp = (...DomainNameServers: readonly (string | object)[]): TemplateResources => ({
  ...dns(), Vpc: body('AWS::EC2::VPC', { CidrBlock: '10.20.0.0/16' }), Options: body('AWS::EC2::DHCPOptions', { DomainNameServers } as never),
  Given: body('AWS::EC2::VPCDHCPOptionsAssociation', { VpcId: { Ref: 'Vpc' }, DhcpOptionsId: { Ref: 'Options' } }),
});

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'the resolver of the VPC by DHCP', expected: 'pass', resources: dhcp('AmazonProvidedDNS', '10.20.0.2', '169.254.169.253') },
  { cloud: 'aws', name: 'a resolver of others by DHCP', expected: 'fail', at: 'Options', path: 'DomainNameServers', resources: dhcp('AmazonProvidedDNS', '8.8.8.8') },
  { cloud: 'aws', name: 'a resolver that is not known by DHCP', expected: 'unknown', at: 'Options', resources: dhcp({ 'Fn::ImportValue': 'x' }) },
  { cloud: 'aws', name: 'DHCP options of elsewhere', expected: 'unknown', at: 'Given', resources: { ...dhcp(), Given: body('AWS::EC2::VPCDHCPOptionsAssociation', { VpcId: { Ref: 'Vpc' }, DhcpOptionsId: 'dopt-0123456789abcdef0' }) } },
  { cloud: 'aws', name: 'one type of query is blocked', expected: 'fail', at: 'Vpc', resources: { ...dns(), Rules: body('AWS::Route53Resolver::FirewallRuleGroup', { FirewallRules: [{ Action: 'BLOCK', Qtype: 'A', FirewallDomainListId: { 'Fn::GetAtt': ['All', 'Id'] } }] }) } },
  { cloud: 'aws', name: 'filtered, closed on failure, logged', expected: 'pass', resources: dns() },
  { cloud: 'aws', name: 'no firewall', expected: 'fail', at: 'Vpc', resources: { Vpc: body('AWS::EC2::VPC', {}) } },
  { cloud: 'aws', name: 'open on failure', expected: 'fail', at: 'Vpc', resources: { ...dns(), Config: body('AWS::Route53Resolver::FirewallConfig', { ResourceId: { Ref: 'Vpc' }, FirewallFailOpen: 'ENABLED' }) } },
  { cloud: 'aws', name: 'nothing is blocked', expected: 'fail', at: 'Vpc', resources: { ...dns(), Rules: body('AWS::Route53Resolver::FirewallRuleGroup', { FirewallRules: [{ Action: 'ALERT', FirewallDomainListId: { 'Fn::GetAtt': ['All', 'Id'] } }] }) } },
  { cloud: 'aws', name: 'one name is blocked', expected: 'fail', at: 'Vpc', resources: { ...dns(), All: body('AWS::Route53Resolver::FirewallDomainList', { Domains: ['example.com.'] }) } },
  { cloud: 'aws', name: 'taken off by one call', expected: 'fail', at: 'Firewall', path: 'MutationProtection', resources: { ...dns(), Firewall: body('AWS::Route53Resolver::FirewallRuleGroupAssociation', { VpcId: { Ref: 'Vpc' }, FirewallRuleGroupId: { 'Fn::GetAtt': ['Rules', 'Id'] } }) } },
  { cloud: 'aws', name: 'aliases of known names lead anywhere', expected: 'fail', at: 'Rules', resources: { ...dns(), Rules: body('AWS::Route53Resolver::FirewallRuleGroup', { FirewallRules: [{ Action: 'ALLOW', FirewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN', FirewallDomainListId: 'rslvr-fdl-1' }, { Action: 'BLOCK', FirewallDomainListId: { 'Fn::GetAtt': ['All', 'Id'] } }] }) } },
  { cloud: 'aws', name: 'queries recorded elsewhere', expected: 'unknown', at: 'Log', resources: { ...dns(), Logging: body('AWS::Route53Resolver::ResolverQueryLoggingConfig', { DestinationArn: 'arn:aws:logs:us-east-1:111122223333:log-group:elsewhere' }) } },
  { cloud: 'aws', name: 'a VPC without resolver', expected: 'fail', at: 'Vpc', path: 'EnableDnsSupport', resources: { ...dns(), Vpc: body('AWS::EC2::VPC', { EnableDnsSupport: 'false' }) } },
  { cloud: 'aws', name: 'no query log', expected: 'fail', at: 'Vpc', resources: { ...dns(), Log: body('AWS::EC2::VPC', {}) } },
];

const azure: RuleCase[] = [
  azureCase('private zones', 'pass'),
  azureCase('no zone group', 'fail', { gone: [['PrivateDnsZoneGroup', 'phi-vault']], at: 'phi-vault' }),
  azureCase('a zone that is not linked', 'fail', { gone: [['VirtualNetworkLink', 'attest.azure.net']], at: 'authority' }),
  azureCase('registration', 'fail', { edits: [['VirtualNetworkLink', 'attest.azure.net', 'registrationEnabled', true]], at: 'attest.azure.net' }),
  azureCase('fallback to the internet', 'fail', { edits: [['VirtualNetworkLink', 'attest.azure.net', 'resolutionPolicy', 'NxDomainRedirect']], at: 'attest.azure.net' }),
  azureCase('answers a network of others', 'unknown', { more: [azureResource('privatedns:VirtualNetworkLink', 'hub', { privateZoneName: 'privatelink.vaultcore.azure.net', registrationEnabled: false, virtualNetwork: { id: '/subscriptions/99999999-0000-0000-0000-000000000000/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub' } })], at: 'hub' }),
  azureCase('a resolver of others', 'fail', { edits: [['VirtualNetwork', 'vnet', 'dhcpOptions', { dnsServers: ['8.8.8.8'] }]], at: 'vnet' }),
  azureCase('a record by hand', 'fail', { more: [azureResource('privatedns:PrivateRecordSet', 'record', { privateZoneName: 'privatelink.vaultcore.azure.net', recordType: 'A' })], at: 'record' }),
  azureCase('forwarded', 'fail', { more: [azureResource('dnsresolver:ForwardingRule', 'forward', {})], at: 'forward' }),
  azureCase('a resolver of others, at the interface', 'fail', { edits: [['NetworkInterface', 'tee', 'dnsSettings', { dnsServers: ['8.8.8.8'] }]], at: 'tee' }),
  azureCase('not known', 'unknown', { edits: [['VirtualNetwork', 'vnet', 'dhcpOptions', NOT_KNOWN]], at: 'vnet' }),
  azureCase('a zone of others', 'fail', { edits: [['PrivateDnsZoneGroup', 'phi-vault', 'privateDnsZoneConfigs', [{ name: 'z', privateDnsZoneId: '/subscriptions/99999999-0000-4000-8000-000000000000/resourceGroups/x/providers/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net' }]]], at: 'phi-vault' }),
  azureCase('a registration not known', 'unknown', { edits: [['VirtualNetworkLink', 'vaultcore.azure.net', 'registrationEnabled', NOT_KNOWN]], at: 'vaultcore.azure.net' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'private zones, logged', expected: 'pass', resources: net() },
  { cloud: 'gcp', name: 'no query log', expected: 'fail', at: 'net', resources: net(dnsPolicy({ enableLogging: undefined })) },
  { cloud: 'gcp', name: 'no zone for the registry', expected: 'fail', at: 'net', resources: net().filter(({ name }) => name !== 'pkg-dev') },
  { cloud: 'gcp', name: 'other name servers', expected: 'fail', at: 'dns', path: 'alternativeNameServerConfig', resources: net(dnsPolicy({ alternativeNameServerConfig: { targetNameServers: [{ ipv4Address: '192.0.2.1' }] } })) },
  { cloud: 'gcp', name: 'a public zone', expected: 'fail', at: 'public', path: 'visibility', resources: [...net(), resource('gcp:dns/managedZone:ManagedZone', 'public', { dnsName: 'example.org.' })] },
  { cloud: 'gcp', name: 'a record that leads past the perimeter', expected: 'fail', at: 'googleapis-com', resources: net(resource('gcp:dns/recordSet:RecordSet', 'googleapis-com', { managedZone: 'googleapis-com', name: '*.googleapis.com.', type: 'A', rrdatas: ['203.0.113.9'] })) },
  { cloud: 'gcp', name: 'a visibility that is not told', expected: 'unknown', at: 'other', path: 'visibility', resources: [...net(), resource('gcp:dns/managedZone:ManagedZone', 'other', { dnsName: 'example.org.', visibility: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
