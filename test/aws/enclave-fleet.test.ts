import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../cdk/app.js';
import { checkEnclaveFits } from '../../constructs/aws/index.js';
import { TODAY } from '../compliance/workload-fixture.js';
import { SIGNED } from './synth.js';

const fits = { vcpus: 2, memoryMiB: 2048 };

test.each([
  ['t3.2xlarge', fits, /T families/], ['m6i.metal', fits, /metal/], ['m6i.large', fits, /larger size/], ['m7a.large', fits, /larger size/], ['m7g.medium', fits, /larger size/], ['m7i-flex.2xlarge', fits, /flex/],
  ['m4.2xlarge', fits, /Nitro System/], ['a1.xlarge', fits, /A1/], ['nonsense', fits, /no EC2 instance type/],
  ['m6i.xlarge', { vcpus: 4, memoryMiB: 2048 }, /1 to 2 of its 4/], ['m6i.2xlarge', { vcpus: 3, memoryMiB: 2048 }, /even numbers/], ['m6i.xlarge', { vcpus: 2, memoryMiB: 16_384 }, /64 to 15360/], ['m6i.xlarge', { vcpus: 2, memoryMiB: 32 }, /64 to/],
] as const)('%s with %j is refused', (type, enclave, message) => {
  expect(() => checkEnclaveFits(type, enclave)).toThrow(message);
});

test.each(['m6i.xlarge', 'm7g.large', 'm8a.large', 'c7i.4xlarge', 'r8g.2xlarge'])('%s hosts an enclave', (type) => {
  expect(() => checkEnclaveFits(type, { vcpus: type.endsWith('.large') ? 1 : 2, memoryMiB: 2048 })).not.toThrow(/cannot host/);
});

test('hibernation and SEV-SNP beside the enclave, and a hook that admits by default, are refused at synth', () => {
  const { app, deployment } = buildApp({ workload: SIGNED, outdir: mkdtempSync(join(tmpdir(), 'tee-kit-aws-')), today: TODAY });
  const { launchTemplate, group } = deployment.fleet;
  launchTemplate.addPropertyOverride('LaunchTemplateData.HibernationOptions.Configured', true);
  launchTemplate.addPropertyOverride('LaunchTemplateData.CpuOptions', { AmdSevSnp: 'enabled' });
  group.addPropertyOverride('LifecycleHookSpecificationList.0.DefaultResult', 'CONTINUE');
  let message = '';
  try {
    app.synth();
  } catch (error) {
    message = String(error);
  }
  for (const expected of [/hibernation writes memory/, /SEV-SNP and Nitro Enclaves exclude each other/, /DefaultResult is "CONTINUE"/]) expect(message).toMatch(expected);
});
