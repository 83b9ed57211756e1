import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a key of the stack', expected: 'pass', resources: { Host: launchTemplate(), Disks: body('AWS::KMS::Key', {}) } },
  { cloud: 'aws', name: 'not encrypted', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.BlockDeviceMappings[0].Ebs.Encrypted', resources: { Host: launchTemplate({ BlockDeviceMappings: [{ Ebs: { KmsKeyId: 'k' } }] }) } },
  { cloud: 'aws', name: 'the key of AWS', expected: 'fail', at: 'Host', resources: { Host: launchTemplate({ BlockDeviceMappings: [{ Ebs: { Encrypted: true } }] }) } },
  { cloud: 'aws', name: 'a second disk', expected: 'fail', at: 'Host', resources: { Disks: body('AWS::KMS::Key', {}), Host: launchTemplate({ BlockDeviceMappings: [{ Ebs: { Encrypted: true, KmsKeyId: { Ref: 'Disks' } } }, { Ebs: { Encrypted: false, KmsKeyId: { Ref: 'Disks' } } }] }) } },
  { cloud: 'aws', name: 'the image decides', expected: 'fail', at: 'Host', resources: { Host: launchTemplate({ BlockDeviceMappings: { Ref: 'AWS::NoValue' } }) } },
  { cloud: 'aws', name: 'a volume', expected: 'fail', at: 'Volume', resources: { Volume: body('AWS::EC2::Volume', { KmsKeyId: 'k' }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
