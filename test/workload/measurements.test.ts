import { parseContainerImage, parseNitroEnclave, parseNitroTpm } from '../../constructs/workload/measurements.js';

const ZERO = '0'.repeat(96);

// Published with https://github.com/aws/aws-nitro-enclaves-cli/pull/305.
const pcrs = {
  PCR0: '3eaa317a778ee207fab894f6b42c5545ddef8bd905da8cc2f22cc59cc83fe0c980a411e5f5445f110f26d5c0d6f39ee4',
  PCR1: 'aca6e62ffbf5f7deccac452d7f8cee1b94048faf62afc16c8ab68c9fed8c38010c73a669f9a36e596032f0b973d21895',
  PCR2: 'ea436e643c31f2891161803e3f22084a12d38f807ef733379cadf789ec85d51e3bb787f48f3cad0c291fbc82fe7ca27d',
};
const PCR8 = 'e6eb66339de75e8ed2939e9524cba83aa96f2c79eaf5d5ac3bacf2cb76c75a31f983d0b80f55b29f0acd256b8cff1999';

// Printed by aws-nitro-tpm-tools 1.1.1, published in the AWS documents of https://github.com/Dstack-TEE/dstack.
const tpm = {
  HashAlgorithm: 'SHA384',
  PCR4: 'c4b56f291c0923f99dc915dbe97c2cfebf71554766b74cdd65c882f5d6559f65d11ebc11c541c10313b51f25f4c59bcd',
  PCR7: '98441c7f7625d10058c47683aec486ce311c633235eb555593a7ee791121e3578ae72d04ecef661f272d59058b77af35',
  PCR12: ZERO,
};

const enclave = (extra: object = {}, around: object = {}) => ({ ...around, Measurements: { HashAlgorithm: 'Sha384 { ... }', ...pcrs, ...extra } });

describe('nitro-cli', () => {
  test('build-enclave and describe-eif, signed and unsigned, as a map and as text', () => {
    expect(parseNitroEnclave(enclave())).toEqual({ value: pcrs });
    expect(parseNitroEnclave(enclave({ PCR8 }))).toEqual({ value: { ...pcrs, PCR8 } });
    const described = enclave({ PCR8 }, { EifVersion: 4, IsSigned: true, CheckCRC: true, ImageName: 'hello', ImageVersion: 'latest', Metadata: { OperatingSystem: 'Linux' }, SigningCertificate: { IssuerName: {} }, SignatureCheck: true });
    expect(parseNitroEnclave(described)).toEqual({ value: { ...pcrs, PCR8 } });
    expect(parseNitroEnclave(JSON.stringify(described, null, 2))).toEqual({ value: { ...pcrs, PCR8 } });
    expect(parseNitroEnclave(enclave({}, { IsSigned: false, SignatureCheck: null }))).toEqual({ value: pcrs });
  });

  test('upper-case hex becomes lower case, which is what key policies compare', () => {
    expect(parseNitroEnclave(enclave({ PCR0: pcrs.PCR0.toUpperCase() }))).toEqual({ value: pcrs });
  });

  test.each([
    ['all zeros', { PCR0: ZERO }], ['all zeros in PCR1', { PCR1: ZERO }], ['all zeros in PCR2', { PCR2: ZERO }], ['short', { PCR0: 'ab' }], ['long', { PCR0: `${pcrs.PCR0}00` }],
    ['wildcard', { PCR0: '*' }], ['placeholder', { PCR0: `${pcrs.PCR0.slice(0, 95)}?` }], ['missing', { PCR2: undefined }], ['a number', { PCR1: 0 }], ['a list', { PCR0: [pcrs.PCR0] }],
    ['prefixed', { PCR0: `0x${pcrs.PCR0.slice(2)}` }], ['with a space', { PCR0: ` ${pcrs.PCR0.slice(1)}` }], ['wide digits', { PCR0: `${pcrs.PCR0.slice(0, 95)}０` }],
    ['another register', { PCR3: PCR8 }], ['no algorithm', { HashAlgorithm: undefined }], ['SHA-512', { HashAlgorithm: 'Sha512' }], ['SHA-3840', { HashAlgorithm: 'sha3840' }],
  ])('refuses: %s', (_name, change) => {
    expect(parseNitroEnclave(enclave(change))).toHaveProperty('problems');
  });

  test.each([undefined, null, 0, '', '{', '[]', 'null', [], {}, { Measurements: null }, { Measurements: [] }, [enclave()]])('refuses: %j', (output) => {
    expect(parseNitroEnclave(output)).toHaveProperty('problems');
  });
});

describe('nitro-tpm-pcr-compute', () => {
  test('PCR12 of all zeros is its normal value', () => {
    const { HashAlgorithm: _algorithm, ...value } = tpm;
    expect(parseNitroTpm({ Measurements: tpm })).toEqual({ value });
    expect(parseNitroTpm(JSON.stringify({ Measurements: { ...tpm, HashAlgorithm: 'SHA384 { ... }' } }))).toEqual({ value });
  });

  test.each([['PCR4 all zeros', { PCR4: ZERO }], ['PCR7 all zeros', { PCR7: ZERO }], ['no PCR12 (version 1.0.0)', { PCR12: undefined }], ['PCR0', { PCR0: PCR8 }], ['PCR1', { PCR1: PCR8 }], ['short PCR12', { PCR12: '0'.repeat(64) }]])('refuses: %s', (_name, change) => {
    expect(parseNitroTpm({ Measurements: { ...tpm, ...change } })).toHaveProperty('problems');
  });
});

describe('container image', () => {
  const digest = 'sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df';

  test.each(['us-docker.pkg.dev/project/repository/image', 'europe-west4-docker.pkg.dev/project/repository/a/b-c_d.e', 'gcr.io/project/image', 'eu.gcr.io/project/image'])('%s', (image) => {
    expect(parseContainerImage(`${image}@${digest}`)).toEqual({ value: { image, imageDigest: digest } });
  });

  test.each([
    'us-docker.pkg.dev/project/repository/image', 'us-docker.pkg.dev/project/repository/image:v1', `us-docker.pkg.dev/project/repository/image:v1@${digest}`, `us-docker.pkg.dev/project/repository/image@${digest.toUpperCase()}`,
    `us-docker.pkg.dev/project/repository/image@${digest}@${digest}`, `us-docker.pkg.dev/project/repository/*@${digest}`, `docker.io/library/nginx@${digest}`, `nginx@${digest}`, `evil.example/us-docker.pkg.dev/image@${digest}`,
    `us-docker.pkg.dev.evil.example/p/i@${digest}`, `us-docker.pkg.dev/../image/x@${digest}`, `us-docker.pkg.dev//image/x@${digest}`, `https://us-docker.pkg.dev/p/i@${digest}`, `us-docker.pkg.dev/project/repository/image@${digest}\n`, '', digest, 7, null,
    'us-docker.pkg.dev/project/repository/image@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  ])('refuses: %j', (output) => {
    expect(parseContainerImage(output)).toHaveProperty('problems');
  });
});
