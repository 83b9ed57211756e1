import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';

const firewall = (Domains: object | readonly string[], Action = 'ALLOW', more: object = {}) => ({
  Names: body('AWS::Route53Resolver::FirewallDomainList', { Domains } as never),
  Group: body('AWS::Route53Resolver::FirewallRuleGroup', { FirewallRules: [{ Action, Priority: 1, FirewallDomainListId: { 'Fn::GetAtt': ['Names', 'Id'] } }] }),
  ...more,
});
const aws: RuleCase[] = [
  { name: 'AWS names', cloud: 'aws', expected: 'pass', at: 'Group', resources: firewall(['*.us-east-1.amazonaws.com.', '*.compute.internal']) },
  { name: 'a private zone', cloud: 'aws', expected: 'pass', at: 'Group', resources: firewall(['db.clinic.internal.'], 'ALLOW', { Zone: body('AWS::Route53::HostedZone', { Name: 'clinic.internal', VPCs: [{ VPCId: 'vpc-1' }] }) }) },
  { name: 'every name blocked', cloud: 'aws', expected: 'pass', at: 'Group', resources: firewall(['*.'], 'BLOCK') },
  { name: 'every name', cloud: 'aws', expected: 'fail', at: 'Group', resources: firewall(['*.']) },
  { name: 'a name that only looks like AWS', cloud: 'aws', expected: 'fail', at: 'Group', resources: firewall(['evilamazonaws.com.']) },
  { name: 'only alerted', cloud: 'aws', expected: 'fail', at: 'Group', resources: firewall(['example.com'], 'ALERT') },
  { name: 'names from a file', cloud: 'aws', expected: 'unknown', at: 'Group', resources: { ...firewall([]), Names: body('AWS::Route53Resolver::FirewallDomainList', { DomainFileUrl: 's3://x' }) } },
];

export const cases: RuleCase[] = [...aws];
