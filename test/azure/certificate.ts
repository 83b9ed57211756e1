import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const SEQUENCE = 0x30;
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const COMMON_NAME = oid('550403');
const ALGORITHMS = {
  rsa: { id: der(SEQUENCE, oid('2a864886f70d01010b'), Buffer.from([0x05, 0x00])), hash: 'sha256', make: () => generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }) },
  'P-256': { id: der(SEQUENCE, oid('2a8648ce3d040302')), hash: 'sha256', make: () => generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }) },
  'P-384': { id: der(SEQUENCE, oid('2a8648ce3d040303')), hash: 'sha384', make: () => generateKeyPairSync('ec', { namedCurve: 'P-384', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }) },
} as const;

/** A fresh key and a self-signed certificate (base64 DER) over it: the smallest X.509 that parses. */
export function signer(kind: keyof typeof ALGORITHMS = 'P-256'): { readonly key: string; readonly certificate: string } {
  const { id, hash, make } = ALGORITHMS[kind];
  const { publicKey, privateKey } = make();
  const name = der(SEQUENCE, der(0x31, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from('policy signer')))));
  const validity = der(SEQUENCE, der(0x17, Buffer.from('260101000000Z')), der(0x17, Buffer.from('460101000000Z')));
  const body = der(SEQUENCE, der(0x02, Buffer.from([1])), id, name, validity, name, createPublicKey(publicKey).export({ type: 'spki', format: 'der' }));
  const signature = sign(hash, body, createPrivateKey(privateKey));
  return { key: privateKey, certificate: der(SEQUENCE, body, id, der(0x03, Buffer.from([0]), signature)).toString('base64') };
}
