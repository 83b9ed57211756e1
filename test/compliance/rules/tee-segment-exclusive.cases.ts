import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { WORKLOAD } from '../workload-fixture.js';

const subnet = (CidrBlock: string) => body('AWS::EC2::Subnet', { CidrBlock });
const fn = (Properties: object) => body('AWS::Lambda::Function', Properties as never);
const tee = Object.values(WORKLOAD.segments).find(({ purpose }) => purpose === 'tee')!.cidr;
const other = Object.values(WORKLOAD.segments).find(({ purpose }) => purpose !== 'tee')!.cidr;
const aws: RuleCase[] = [
  { name: 'hosts alone', cloud: 'aws', expected: 'pass', resources: { Tee: subnet(tee), Group: body('AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier: [{ Ref: 'Tee' }] }) } },
  { name: 'a function elsewhere', cloud: 'aws', expected: 'pass', resources: { Tee: subnet(tee), Other: subnet(other), Fn: fn({ VpcConfig: { SubnetIds: [{ Ref: 'Other' }] } }) } },
  { name: 'a function in the segment', cloud: 'aws', expected: 'fail', at: 'Fn', resources: { Tee: subnet(tee), Fn: fn({ VpcConfig: { SubnetIds: [{ Ref: 'Tee' }] } }) } },
  { name: 'a function with the segment\'s security group', cloud: 'aws', expected: 'fail', at: 'Fn', resources: { Tee: subnet(tee), Sg: body('AWS::EC2::SecurityGroup', { Tags: [{ Key: 'phi-segment', Value: 'tee' }] }), Fn: fn({ VpcConfig: { SecurityGroupIds: [{ 'Fn::GetAtt': ['Sg', 'GroupId'] }] } }) } },
  { name: 'a network interface for whoever wants it', cloud: 'aws', expected: 'fail', at: 'Eni', resources: { Tee: subnet(tee), Eni: body('AWS::EC2::NetworkInterface', { SubnetId: { Ref: 'Tee' } }) } },
];

export const cases: RuleCase[] = [...aws];
