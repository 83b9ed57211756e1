import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'IMDSv2, one hop', expected: 'pass', resources: { Host: launchTemplate() } },
  { cloud: 'aws', name: 'IMDSv1 works', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.MetadataOptions.HttpTokens', resources: { Host: launchTemplate({ MetadataOptions: { HttpTokens: 'optional' } }) } },
  { cloud: 'aws', name: 'two hops', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit', resources: { Host: launchTemplate({ MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 } }) } },
  { cloud: 'aws', name: 'the second template of a stack', expected: 'fail', at: 'Second', resources: { Host: launchTemplate(), Second: launchTemplate({ MetadataOptions: {} }) } },
  { cloud: 'aws', name: 'an instance by its template', expected: 'pass', resources: { Host: launchTemplate(), Vm: body('AWS::EC2::Instance', { LaunchTemplate: { LaunchTemplateId: { Ref: 'Host' }, Version: '1' } }) } },
];

const azure: RuleCase[] = [
  azureCase('both enforced', 'pass'),
  azureCase('audited only', 'fail', { edits: [['VirtualMachine', 'tee', 'securityProfile.proxyAgentSettings.imds.mode', 'Audit']], at: 'tee', path: 'securityProfile.proxyAgentSettings.imds.mode' }),
  azureCase('off', 'fail', { edits: [['VirtualMachine', 'tee', 'securityProfile.proxyAgentSettings', undefined]], at: 'tee' }),
  azureCase('not known', 'unknown', { edits: [['VirtualMachine', 'tee', 'securityProfile.proxyAgentSettings', NOT_KNOWN]] }),
];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
