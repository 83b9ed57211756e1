import { azureTeeType, ec2Shape, gcpZoneProblem, nitroEnclaveProblem } from '../../constructs/workload/index.js';

test.each(['m6i.2xlarge', 'm5.xlarge', 'c7g.large', 'm8a.large', 'r7iz.32xlarge', 'm9i.4xlarge', 'i3en.xlarge', 'c7gn.xlarge', 'g5.xlarge'])('%s hosts enclaves', (instance) => {
  expect(nitroEnclaveProblem(instance)).toBeUndefined();
});

test.each(['t3.xlarge', 't4g.2xlarge', 'a1.xlarge', 'mac2.metal', 'hpc7g.16xlarge', 'u-6tb1.56xlarge', 'm7i-flex.xlarge', 'm4.xlarge', 'p3.2xlarge', 'm6i.large', 'm7a.large', 'm7a.medium', 'm8a.medium', 'c7g.medium', 'm6i.metal', 'm7g.metal-48xl', 'm6i', 'M6I.2xlarge', 'm6i.2XLARGE', '', 'm6i.2xlarge; rm', 'constructor.large'])('%j does not', (instance) => {
  expect(nitroEnclaveProblem(instance)).toEqual(expect.any(String));
});

test.each([
  ['m6i.2xlarge', { arm: false, vcpus: 8, memoryMiB: 32_768 }],
  ['c7g.large', { arm: true, vcpus: 2, memoryMiB: 4096 }],
  ['r6gd.16xlarge', { arm: true, vcpus: 64, memoryMiB: 524_288 }],
  ['c5n.xlarge', { arm: false, vcpus: 4, memoryMiB: undefined }],
  ['m6i.metal', { arm: false, vcpus: undefined, memoryMiB: undefined }],
])('%s has its shape', (instance, shape) => {
  expect(ec2Shape(instance)).toMatchObject(shape);
});

test.each([
  ['Standard_DC4as_v5', 'sevsnpvm'], ['Standard_EC20ads_v5', 'sevsnpvm'], ['Standard_DC96as_v6', 'sevsnpvm'], ['Standard_DC128es_v6', 'tdxvm'], ['Standard_EC64es_v6', 'tdxvm'],
  ['Standard_D4as_v5', undefined], ['Standard_DC4s_v3', undefined], ['Standard_DC5as_v5', undefined], ['standard_dc4as_v5', undefined], ['Standard_DC4as_v5 ', undefined],
])('%s is %s', (instance, tee) => {
  expect(azureTeeType(instance)).toBe(tee);
});

test.each([
  ['TDX', 'c3-standard-4', 'us-central1-a', true], ['TDX', 'c3-standard-4', 'us-west1-c', false], ['TDX', 'c3-standard-4', 'europe-west9-a', true],
  ['TDX', 'a3-highgpu-1g', 'us-central1-a', true], ['TDX', 'a3-highgpu-1g', 'us-central1-b', false], ['SEV', 'n2d-standard-2', 'us-west4-a', true],
  ['SEV_SNP', 'n2d-standard-2', 'us-central1-a', true], ['SEV_SNP', 'n2d-standard-2', 'us-east1-b', false],
] as const)('%s on %s in %s: %s', (type, instance, zone, offered) => {
  expect(gcpZoneProblem(type, instance, zone) === undefined).toBe(offered);
});
