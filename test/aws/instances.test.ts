import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../cdk/app.js';
import { App, Stack } from 'aws-cdk-lib';
import { AttestableInstance, type AttestableInstanceProps, ConfidentialInstance, type ConfidentialInstanceProps, TeeRole } from '../../constructs/aws/index.js';
import type { NitroTpmMeasurement, Workload } from '../../constructs/workload/index.js';
import { pcr, TODAY } from '../compliance/workload-fixture.js';
import { named, ofType, SIGNED, type Template } from './synth.js';

const measurement: NitroTpmMeasurement = { kind: 'nitro-tpm', owner: 'o', approvedBy: ['a', 'b'], approved: '2026-10-01', expires: '2027-10-01', status: 'active', pcrs: { PCR4: pcr('4'), PCR7: pcr('7'), PCR12: pcr('0') } };
const place = { name: 'one', region: 'us-east-2', image: 'ami-0123456789abcdef0', subnetId: 'subnet-0123456789abcdef0', securityGroupId: 'sg-0123456789abcdef0', infrastructureKeyArn: 'arn:aws:kms:us-east-2:111122223333:key/11111111-2222-3333-4444-555555555555' };
const role = (stack: Stack): TeeRole => new TeeRole(stack, 'Role', { name: 'one', account: '111122223333', region: 'us-east-2' });
const confidential = (changes: Partial<ConfidentialInstanceProps> = {}): ConfidentialInstance => {
  const stack = new Stack(new App(), 'Stack');
  return new ConfidentialInstance(stack, 'One', { ...place, instance: 'm6a.xlarge', role: role(stack), ...changes });
};
const attestable = (changes: Partial<AttestableInstanceProps> = {}): AttestableInstance => {
  const stack = new Stack(new App(), 'Stack');
  return new AttestableInstance(stack, 'One', { ...place, instance: 'm7i.xlarge', role: role(stack), measurement, ...changes });
};

test.each([
  ['another family', { instance: 'm7a.xlarge' }, /does not offer AMD SEV-SNP/],
  ['a size without it', { instance: 'r6a.8xlarge' }, /does not offer AMD SEV-SNP/],
  ['metal', { instance: 'm6a.metal' }, /does not offer AMD SEV-SNP/],
  ['a region without it', { region: 'us-east-1' }, /on shared tenancy; allowed: eu-west-1, us-east-2/],
  ['GovCloud', { region: 'us-gov-west-1', dedicatedHostId: 'h-0123456789abcdef0' }, /at all/],
  ['a host id of wrong form', { dedicatedHostId: 'host' }, /Dedicated Host/],
  ['an image that moves', { image: 'resolve:ssm:/aws/latest' }, /not an AMI id/],
  ['a disk that is too small', { diskGiB: 4 }, /from 8/],
] as const)('ConfidentialInstance refuses %s', (_name, changes, message) => {
  expect(() => confidential(changes)).toThrow(message);
});

test('a Dedicated Host offers SEV-SNP in other regions', () => {
  expect(confidential({ region: 'us-east-1', dedicatedHostId: 'h-0123456789abcdef0' }).launchTemplate.launchTemplateData).toMatchObject({ cpuOptions: { amdSevSnp: 'enabled' }, placement: { tenancy: 'host' }, enclaveOptions: { enabled: false }, hibernationOptions: { configured: false } });
});

test.each([
  ['metal', { instance: 'm7i.metal-24xl' }, /does not offer NitroTPM/],
  ['a family before the Nitro System', { instance: 'm4.xlarge' }, /does not offer NitroTPM/],
  ['a family without UEFI', { instance: 'p4d.24xlarge' }, /does not offer NitroTPM/],
  ['a zero PCR4', { measurement: { ...measurement, pcrs: { ...measurement.pcrs, PCR4: pcr('0') } } }, /debug/],
  ['a constant PCR', { measurement: { ...measurement, pcrs: { ...measurement.pcrs, PCR0: pcr('a') } } }, /PCR0 and PCR1 are the same/],
] as const)('AttestableInstance refuses %s', (_name, changes, message) => {
  expect(() => attestable(changes)).toThrow(message);
});

describe('in the deployment, with every gate', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'tee-kit-aws-'));
  const workload: Workload = { ...SIGNED, clouds: { ...SIGNED.clouds, aws: { ...SIGNED.clouds.aws!, region: 'us-east-2' } }, measurements: { ...SIGNED.measurements, aws: { ...SIGNED.measurements.aws, vm: measurement } } };
  const { app, deployment } = buildApp({ workload, outdir, today: TODAY });
  const stack = deployment.stacks[0] as Stack;
  const common = { region: 'us-east-2', image: place.image, role: deployment.role, subnetId: deployment.network.subnets['tee']![0]!.ref, securityGroupId: deployment.network.securityGroups['tee']!.attrGroupId, infrastructureKeyArn: deployment.fleet.logGroup.kmsKeyId as string };
  new ConfidentialInstance(stack, 'Snp', { ...common, name: 'snp', instance: 'c6a.2xlarge' });
  new AttestableInstance(stack, 'Vm', { ...common, name: 'vm', instance: 'm7i.xlarge', measurement, userData: '#!/bin/bash\nexit 0\n' });
  let template: Template;

  test('both synthesize without a finding that is not acknowledged', () => {
    expect(() => app.synth()).not.toThrow();
    template = JSON.parse(readFileSync(join(outdir, 'inference.template.json'), 'utf8')) as Template;
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as { pluginReports: { pluginName: string; conclusion: string; suppressedViolations?: { ruleName: string; reason: string }[] }[] };
    expect(report.pluginReports.every(({ conclusion }) => conclusion === 'success')).toBe(true);
    expect(report.pluginReports.find(({ pluginName }) => pluginName === 'tee-kit')?.suppressedViolations?.map(({ ruleName }) => ruleName)).toEqual(['tee-confidential-type']);
  });

  test('the machines have no key pair, no public address, IMDSv2 and a disk under the infrastructure key', () => {
    for (const start of ['Snp', 'Vm']) {
      const data = named(template, 'AWS::EC2::LaunchTemplate', start).Properties['LaunchTemplateData'];
      expect(data).toMatchObject({ MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 }, EnclaveOptions: { Enabled: false }, HibernationOptions: { Configured: false }, NetworkInterfaces: [{ AssociatePublicIpAddress: false }], BlockDeviceMappings: [{ Ebs: { Encrypted: true } }] });
      expect(data).not.toHaveProperty('KeyName');
    }
  });

  test('the key opens to the NitroTPM measurement in a statement of its own', () => {
    const [[, { Properties }]] = ofType(template, 'AWS::KMS::Key').filter(([id]) => id.startsWith('PhiKey')) as [readonly [string, Template['Resources'][string]]];
    const statements = (Properties['KeyPolicy'] as { Statement: { Sid: string; Condition: object }[] }).Statement;
    expect(statements.find(({ Sid }) => Sid === 'AttestedUseVm')?.Condition).toMatchObject({ StringEqualsIgnoreCase: { 'kms:RecipientAttestation:NitroTPMPCR4': pcr('4'), 'kms:RecipientAttestation:NitroTPMPCR7': pcr('7'), 'kms:RecipientAttestation:NitroTPMPCR12': pcr('0') } });
    expect(statements.find(({ Sid }) => Sid === 'NoUseWithoutApprovedMeasurement')?.Condition).toEqual({ StringNotEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': [pcr('a')], 'kms:RecipientAttestation:NitroTPMPCR4': [pcr('4')] } });
  });
});
