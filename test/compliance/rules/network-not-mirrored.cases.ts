import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { net, resource } from '../gcp-fixture.js';
import { azureCase, NOT_KNOWN, resource as azureResource } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a network alone', expected: 'pass', at: 'Vpc', resources: { Vpc: body('AWS::EC2::VPC', {}) } },
  { cloud: 'aws', name: 'a mirror session', expected: 'fail', at: 'Mirror', resources: { Mirror: body('AWS::EC2::TrafficMirrorSession', { SessionNumber: 1 }) } },
];

const azure: RuleCase[] = [
  azureCase('a network alone', 'pass', { at: 'vnet' }),
  azureCase('a packet capture', 'fail', { more: [azureResource('network:PacketCapture', 'capture', {})], at: 'capture' }),
  azureCase('a tapped interface', 'fail', { edits: [['NetworkInterface', 'tee', 'tapConfigurations', [{ name: 'tap' }]]], at: 'tee', path: 'tapConfigurations' }),
  azureCase('not known', 'unknown', { edits: [['NetworkInterface', 'tee', 'tapConfigurations', NOT_KNOWN]], at: 'tee' }),
];

const mirror = (enable: string) => resource('gcp:compute/packetMirroring:PacketMirroring', 'mirror', { enable });
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'a network alone', expected: 'pass', at: 'net', resources: net() },
  { cloud: 'gcp', name: 'packet mirroring', expected: 'fail', at: 'mirror', resources: net(mirror('TRUE')) },
  { cloud: 'gcp', name: 'packet mirroring that is off', expected: 'pass', at: 'mirror', resources: net(mirror('FALSE')) },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'mirror', resources: net(mirror('[secret]')) },
  { cloud: 'gcp', name: 'an intercept group', expected: 'fail', at: 'group', resources: net(resource('gcp:networksecurity/interceptEndpointGroup:InterceptEndpointGroup', 'group', {})) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
