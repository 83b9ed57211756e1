import { tee, temporaryFolder } from '../cli-fixture.js';

const { write } = temporaryFolder();
const template = (resources: object): string => JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: resources });

test('policies built to take for ever end in unknown or a witness, within seconds', async () => {
  const statements = Array.from({ length: 60 }, (_, index) => ({
    Effect: index % 2 === 0 ? 'Allow' : 'Deny', Principal: '*', Action: ['kms:Decrypt'], Resource: '*',
    Condition: { StringNotLike: { 'aws:PrincipalArn': [`arn:aws:iam::*:role/a${index}*`, `arn:aws:iam::*:role/*b${index}`] }, StringLike: { 'kms:EncryptionContext:x': `*${index}*`, [`aws:RequestTag/k${index}`]: '*' } },
  }));
  const file = write('slow.template.json', template({ K: { Type: 'AWS::KMS::Key', Properties: { Tags: [{ Key: 'phi-classification', Value: 'phi' }], KeyPolicy: { Statement: statements } } } }));
  const start = performance.now();
  const { code, out } = await tee('prove', file, '--format', 'json');
  expect(code).toBe(1);
  // Told per key, even when the proof did not end: no keys would read as nothing to release.
  expect((JSON.parse(out) as { keys: { key: string; verdict: string }[] }).keys).toEqual([expect.objectContaining({ key: expect.stringMatching(/\/K$/) as string, verdict: expect.stringMatching(/^(unknown|bypassable)$/) as string })]);
  expect(performance.now() - start).toBeLessThan(50_000);
});
