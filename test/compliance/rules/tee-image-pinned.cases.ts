import { launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'an image id', expected: 'pass', resources: { Host: launchTemplate() } },
  { cloud: 'aws', name: 'an alias of the parameter store', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.ImageId', resources: { Host: launchTemplate({ ImageId: 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64' }) } },
  { cloud: 'aws', name: 'no image', expected: 'fail', at: 'Host', resources: { Host: launchTemplate({ ImageId: { Ref: 'AWS::NoValue' } }) } },
  { cloud: 'aws', name: 'a parameter', expected: 'unknown', at: 'Host', resources: { Host: launchTemplate({ ImageId: { Ref: 'Image' } }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
