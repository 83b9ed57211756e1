import type { RuleCase } from '../rule-case.js';
import { BAA_TAG_KEYS } from '../../../constructs/workload/tags.js';
import { body, launchTemplate } from '../aws-fixture.js';

const tags = (PropagateAtLaunch: boolean) => BAA_TAG_KEYS.map((Key) => ({ Key, Value: 'x', PropagateAtLaunch }));
const group = (properties: object) => body('AWS::AutoScaling::AutoScalingGroup', properties as never);
const aws: RuleCase[] = [
  { name: 'propagated', cloud: 'aws', expected: 'pass', at: 'Group', resources: { Group: group({ Tags: tags(true) }) } },
  { name: 'by the template', cloud: 'aws', expected: 'pass', at: 'Group', resources: { Group: group({ LaunchTemplate: { LaunchTemplateId: { Ref: 'Host' } } }), Host: launchTemplate({ TagSpecifications: [{ ResourceType: 'instance', Tags: tags(true) }] }) } },
  { name: 'on the group only', cloud: 'aws', expected: 'fail', at: 'Group', resources: { Group: group({ Tags: tags(false) }) } },
  { name: 'not known', cloud: 'aws', expected: 'unknown', at: 'Group', resources: { Group: group({ Tags: { 'Fn::ImportValue': 'x' } }) } },
];

export const cases: RuleCase[] = [...aws];
