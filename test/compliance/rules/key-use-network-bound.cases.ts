import type { RuleCase } from '../rule-case.js';
import { ATTESTABLE, keyTemplate } from '../prove/aws/fixture.js';

const network = (id: object | string) => ({ Effect: 'Deny', Principal: '*', Action: ATTESTABLE, Resource: '*', Condition: { StringNotEquals: { 'aws:SourceVpce': id } } });
const endpoint = { resources: { Kms: { Type: 'AWS::EC2::VPCEndpoint', Properties: { ServiceName: 'com.amazonaws.us-east-1.kms' } } } };

const aws: RuleCase[] = [
  { name: 'own endpoint only', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate({ network: network({ Ref: 'Kms' }) }, endpoint) },
  { name: 'own endpoint with the exemption for services, which pass no attestation on', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate({ network: { ...network({ Ref: 'Kms' }), Condition: { StringNotEquals: { 'aws:SourceVpce': { Ref: 'Kms' } }, Bool: { 'aws:ViaAWSService': 'false' } } } }, endpoint) },
  { name: 'endpoint of another stack, by its id', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate({ network: network('vpce-0123456789abcdef0') }) },
  { name: 'no network condition', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate() },
  { name: 'a second endpoint that nobody knows', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ network: network([{ Ref: 'Kms' }, 'vpce-0123456789abcdef0']) }, endpoint) },
  { name: 'data keys left out', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ network: { ...network({ Ref: 'Kms' }), Action: 'kms:Decrypt' } }, endpoint) },
];

export const cases: RuleCase[] = [...aws];
