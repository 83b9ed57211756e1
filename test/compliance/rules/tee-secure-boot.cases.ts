import { key } from '../aws-fixture.js';
import { pcr, WORKLOAD } from '../workload-fixture.js';
import type { RuleCase, TemplateResources } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';
import { space, vm } from '../gcp-fixture.js';

const r2 = WORKLOAD.measurements.aws['r2'];
const signed = { measurements: { ...WORKLOAD.measurements, aws: r2?.kind === 'nitro-enclave' ? { r2: { ...r2, pcrs: { ...r2.pcrs, PCR8: pcr('f') } } } : {} } };
const gate = (pcrs: Record<string, string>): TemplateResources[string] => key({ KeyPolicy: { Statement: [{
  Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Tee' }, Action: 'kms:Decrypt', Resource: '*',
  Condition: { StringEqualsIgnoreCase: Object.fromEntries(Object.entries(pcrs).map(([name, value]) => [`kms:RecipientAttestation:${name}`, value])) },
}] } });

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'the signature is in the gate', expected: 'pass', workload: signed, resources: { Phi: gate({ PCR0: pcr('a'), PCR8: pcr('f') }) } },
  { cloud: 'aws', name: 'the signature is left out', expected: 'fail', at: 'Phi', path: 'KeyPolicy.Statement[0]', workload: signed, resources: { Phi: gate({ PCR0: pcr('a') }) } },
];

const azure: RuleCase[] = [
  azureCase('both on', 'pass'),
  azureCase('no secure boot', 'fail', { edits: [['VirtualMachine', 'tee', 'securityProfile.uefiSettings.secureBootEnabled', false]], at: 'tee', path: 'securityProfile.uefiSettings.secureBootEnabled' }),
  azureCase('no virtual TPM', 'fail', { edits: [['VirtualMachine', 'tee', 'securityProfile.uefiSettings.vTpmEnabled', undefined]], at: 'tee' }),
  azureCase('not known', 'unknown', { edits: [['VirtualMachine', 'tee', 'securityProfile.uefiSettings', NOT_KNOWN]] }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'all three', expected: 'pass', resources: [space(), vm()] },
  { cloud: 'gcp', name: 'by default', expected: 'fail', at: 'vm', path: 'shieldedInstanceConfig.enableSecureBoot', resources: [vm({ shieldedInstanceConfig: undefined })] },
  { cloud: 'gcp', name: 'no virtual TPM', expected: 'fail', at: 'tee', path: 'shieldedInstanceConfig.enableVtpm', resources: [space({ shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: false } })] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'tee', path: 'shieldedInstanceConfig.enableSecureBoot', resources: [space({ shieldedInstanceConfig: { enableSecureBoot: '[secret]' } })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
