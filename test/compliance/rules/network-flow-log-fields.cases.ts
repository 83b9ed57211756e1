import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';

const log = (properties: object) => ({ Log: body('AWS::EC2::FlowLog', { ResourceType: 'VPC', ...properties } as never) });
const aws: RuleCase[] = [
  { name: 'default', cloud: 'aws', expected: 'pass', at: 'Log', resources: log({}) },
  { name: 'more than the default', cloud: 'aws', expected: 'pass', at: 'Log', resources: log({ LogFormat: '${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${start} ${end} ${action} ${log-status} ${tcp-flags}' }) },
  { name: 'no addresses', cloud: 'aws', expected: 'fail', at: 'Log', resources: log({ LogFormat: '${version} ${action}' }) },
  { name: 'not known', cloud: 'aws', expected: 'unknown', at: 'Log', resources: log({ LogFormat: { 'Fn::ImportValue': 'x' } }) },
];

export const cases: RuleCase[] = [...aws];
