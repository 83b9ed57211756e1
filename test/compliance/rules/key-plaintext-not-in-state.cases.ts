import type { RuleCase } from '../rule-case.js';
import { resource, vm } from '../gcp-fixture.js';

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'a secret written elsewhere', expected: 'pass', resources: [resource('gcp:secretmanager/secretVersion:SecretVersion', 'version', { secret: 's' })] },
  { cloud: 'gcp', name: 'a plaintext', expected: 'fail', at: 'cipher', path: 'plaintext', resources: [resource('gcp:kms/secretCiphertext:SecretCiphertext', 'cipher', { cryptoKey: 'k', plaintext: 'x' })] },
  { cloud: 'gcp', name: 'a plaintext that the preview hides', expected: 'fail', at: 'version', path: 'secretData', resources: [resource('gcp:secretmanager/secretVersion:SecretVersion', 'version', { secretData: '[secret]' })] },
  { cloud: 'gcp', name: 'a raw disk key', expected: 'fail', at: 'vm', resources: [vm({ bootDisk: { diskEncryptionKeyRaw: 'x' } })] },
];

export const cases: RuleCase[] = gcp;
