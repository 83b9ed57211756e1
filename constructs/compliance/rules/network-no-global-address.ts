import { flag } from '../aws.js';
import { type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

function global(resource: Resource): Defect[] {
  return ['AmazonProvidedIpv6CidrBlock', 'AssignIpv6AddressOnCreation', 'Ipv6CidrBlock', 'Ipv6Pool', 'Ipv6IpamPoolId'].flatMap((name) => {
    const value = resource.properties[name];
    if (value === undefined || value === null || flag(value) === false) return [];
    return [value instanceof Unknown ? unknown(name, value.reason) : fail(name, 'gives global IPv6 addresses')];
  });
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const type of ['AWS::EC2::VPCCidrBlock', 'AWS::EC2::Subnet', 'AWS::EC2::SubnetCidrBlock']) for (const resource of deployment.ofType(type)) yield* outcomes(resource, global(resource));
};

export const rule = defineRule({
  id: 'network-no-global-address',
  title: 'No part of the PHI network has addresses that the internet can name',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)'],
  why: 'IPv6 ranges of AWS are global: a single route makes every machine in them reachable, and IPv4 filters say nothing about them.',
  fix: {
    aws: 'Leave IPv6 out: no AWS::EC2::VPCCidrBlock with an IPv6 range, no Ipv6CidrBlock and AssignIpv6AddressOnCreation on subnets.',
  },
  checks: { aws },
});
