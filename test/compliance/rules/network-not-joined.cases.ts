import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';

const aws: RuleCase[] = [
  { name: 'local questions', cloud: 'aws', expected: 'pass', resources: { Rule: body('AWS::Route53Resolver::ResolverRule', { RuleType: 'SYSTEM' }) } },
  { name: 'peering', cloud: 'aws', expected: 'fail', at: 'Peer', resources: { Peer: body('AWS::EC2::VPCPeeringConnection', {}) } },
  { name: 'route to a transit gateway', cloud: 'aws', expected: 'fail', at: 'Route', path: 'TransitGatewayId', resources: { Route: body('AWS::EC2::Route', { TransitGatewayId: 'tgw-1' }) } },
  { name: 'route to a VPN gateway', cloud: 'aws', expected: 'fail', at: 'Route', resources: { Route: body('AWS::EC2::Route', { GatewayId: 'vgw-1' }) } },
  { name: 'client VPN', cloud: 'aws', expected: 'fail', at: 'Vpn', resources: { Vpn: body('AWS::EC2::ClientVpnEndpoint', {}) } },
  { name: 'questions forwarded', cloud: 'aws', expected: 'fail', at: 'Rule', resources: { Rule: body('AWS::Route53Resolver::ResolverRule', { RuleType: 'FORWARD', TargetIps: [{ Ip: '203.0.113.53' }] }) } },
  { name: 'a rule of others', cloud: 'aws', expected: 'unknown', at: 'Association', resources: { Association: body('AWS::Route53Resolver::ResolverRuleAssociation', { ResolverRuleId: 'rslvr-rr-1' }) } },
];

export const cases: RuleCase[] = [...aws];
