import { body } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'all traffic', expected: 'pass', resources: { Vpc: body('AWS::EC2::VPC', {}), Log: body('AWS::EC2::FlowLog', { ResourceId: { Ref: 'Vpc' }, TrafficType: 'ALL' }) } },
  { cloud: 'aws', name: 'refused traffic only', expected: 'fail', at: 'Vpc', resources: { Vpc: body('AWS::EC2::VPC', {}), Log: body('AWS::EC2::FlowLog', { ResourceId: { Ref: 'Vpc' }, TrafficType: 'REJECT' }) } },
  { cloud: 'aws', name: 'a log of another VPC', expected: 'fail', at: 'Vpc', resources: { Vpc: body('AWS::EC2::VPC', {}), Log: body('AWS::EC2::FlowLog', { ResourceId: 'vpc-0', TrafficType: 'ALL' }) } },
  { cloud: 'aws', name: 'a condition decides', expected: 'unknown', at: 'Vpc', resources: { Vpc: body('AWS::EC2::VPC', {}), Log: body('AWS::EC2::FlowLog', { ResourceId: { Ref: 'Vpc' }, TrafficType: 'ALL' }, { Condition: 'Undecided' }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
