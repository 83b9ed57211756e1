import { body } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, id, NOT_KNOWN } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'all traffic', expected: 'pass', resources: { Vpc: body('AWS::EC2::VPC', {}), Log: body('AWS::EC2::FlowLog', { ResourceId: { Ref: 'Vpc' }, TrafficType: 'ALL' }) } },
  { cloud: 'aws', name: 'refused traffic only', expected: 'fail', at: 'Vpc', resources: { Vpc: body('AWS::EC2::VPC', {}), Log: body('AWS::EC2::FlowLog', { ResourceId: { Ref: 'Vpc' }, TrafficType: 'REJECT' }) } },
  { cloud: 'aws', name: 'a log of another VPC', expected: 'fail', at: 'Vpc', resources: { Vpc: body('AWS::EC2::VPC', {}), Log: body('AWS::EC2::FlowLog', { ResourceId: 'vpc-0', TrafficType: 'ALL' }) } },
  { cloud: 'aws', name: 'a condition decides', expected: 'unknown', at: 'Vpc', resources: { Vpc: body('AWS::EC2::VPC', {}), Log: body('AWS::EC2::FlowLog', { ResourceId: { Ref: 'Vpc' }, TrafficType: 'ALL' }, { Condition: 'Undecided' }) } },
];

const azure: RuleCase[] = [
  azureCase('the network', 'pass', { at: 'vnet' }),
  azureCase('none', 'fail', { gone: [['FlowLog', 'flows']], at: 'vnet' }),
  azureCase('off', 'fail', { edits: [['FlowLog', 'flows', 'enabled', false]], at: 'vnet' }),
  azureCase('one group only', 'fail', { edits: [['FlowLog', 'flows', 'targetResourceId', id('Microsoft.Network/networkSecurityGroups', 'tee')]], at: 'vnet' }),
  azureCase('not known', 'unknown', { edits: [['FlowLog', 'flows', 'targetResourceId', NOT_KNOWN]], at: 'vnet' }),
];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
