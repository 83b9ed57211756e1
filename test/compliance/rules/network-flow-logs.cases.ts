import { body } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, id, NOT_KNOWN } from '../prove/azure/fixture.js';
import { RULES, TCP, classic, firewall, net, rule, subnet } from '../gcp-fixture.js';

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

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'every flow', expected: 'pass', resources: net() },
  { cloud: 'gcp', name: 'none', expected: 'fail', at: 'tee', path: 'logConfig', resources: net(subnet('tee', '10.20.1.0/24', { logConfig: undefined })) },
  { cloud: 'gcp', name: 'half of them', expected: 'fail', at: 'tee', path: 'logConfig.flowSampling', resources: net(subnet('tee', '10.20.1.0/24', { logConfig: { metadata: 'INCLUDE_ALL_METADATA' } })) },
  { cloud: 'gcp', name: 'a rule that does not log', expected: 'fail', at: 'policy', path: 'rules[7].enableLogging', resources: net(firewall([...RULES, rule('quiet', 1, 'INGRESS', 'deny', ['10.0.0.0/8'], TCP('1'), { enableLogging: false })])) },
  { cloud: 'gcp', name: 'a classic rule that does not log', expected: 'fail', at: 'classic', path: 'logConfig', resources: net(classic({ logConfig: undefined, denies: [{ protocol: 'all' }] })) },
  { cloud: 'gcp', name: 'a configuration that is not told', expected: 'unknown', at: 'tee', path: 'logConfig', resources: net(subnet('tee', '10.20.1.0/24', { logConfig: '[secret]' })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
