/** DSSE envelopes (Dead Simple Signing Envelope 1.0) over in-toto statements: pre-authentication encoding, signing, verifying. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** The keys that verification accepts: Ed25519, and ECDSA on P-256 with SHA-256 as key services offer it. */
export type Algorithm = 'ed25519' | 'ecdsa-p256-sha256';

/**
 * Signs with a key that may lie anywhere: a file, or a key service. A key service that limits the length of what it signs
 * (AWS KMS: 4096 bytes) is given the SHA-256 digest of the message, which ECDSA signs.
 */
export interface Signer {
  readonly algorithm: Algorithm;
  /** PEM, SubjectPublicKeyInfo. */
  readonly publicKey: string;
  /** @returns the signature of the message: 64 bytes for Ed25519, DER for ECDSA. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
}

export interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  /** Empty for an unsigned bundle. */
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** The key cannot be used; the message says why and what is allowed. */
export class KeyError extends Error {
  override readonly name = 'InputError';
}

const ALLOWED = 'allowed: a PEM key, Ed25519 or ECDSA P-256 (openssl genpkey -algorithm ed25519)';

/** A signer from a PEM private key. @throws KeyError */
export function pemSigner(pem: string, file: string): Signer {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new KeyError(`${file}: is not a private key without passphrase; ${ALLOWED}`);
  }
  const algorithm = algorithmOf(key, file);
  return {
    algorithm,
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
    sign: (message) => Promise.resolve(sign(algorithm === 'ed25519' ? null : 'sha256', message, key)),
  };
}

/** A public key from PEM. @throws KeyError, also for a private key: that one does not belong where evidence is verified. */
export function publicKey(pem: string, file: string): KeyObject {
  if (/PRIVATE KEY/.test(pem)) throw new KeyError(`${file}: is a private key; verify with its public half (openssl pkey -pubout)`);
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new KeyError(`${file}: is not a public key; ${ALLOWED}`);
  }
  algorithmOf(key, file);
  return key;
}

function algorithmOf(key: KeyObject, file: string): Algorithm {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ecdsa-p256-sha256';
  throw new KeyError(`${file}: is a key of type ${key.asymmetricKeyType ?? 'unknown'}; ${ALLOWED}`);
}

/** SHA-256 of the public key in DER, hex: what envelopes name as `keyid`. */
export function keyId(key: KeyObject | string): string {
  const object = typeof key === 'string' ? createPublicKey(key) : key;
  return createHash('sha256').update(object.export({ type: 'spki', format: 'der' })).digest('hex');
}

/** DSSE's pre-authentication encoding: what is signed. */
export function pae(payloadType: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `), payload]);
}

/** Seals a statement; without a signer the envelope is unsigned and says nothing of who made it. */
export async function seal(payload: Uint8Array, signer: Signer | undefined): Promise<Envelope> {
  const signatures = signer ? [{ keyid: keyId(signer.publicKey), sig: Buffer.from(await signer.sign(pae(PAYLOAD_TYPE, payload))).toString('base64') }] : [];
  if (signer && !isSigned({ payload: '', payloadType: PAYLOAD_TYPE, signatures }, payload, createPublicKey(signer.publicKey))) {
    throw new KeyError('the signer returned a signature that its own public key does not verify');
  }
  return { payload: Buffer.from(payload).toString('base64'), payloadType: PAYLOAD_TYPE, signatures };
}

/** The one byte sequence that an envelope has on disk: anything else was changed. */
export function envelopeText({ payload, payloadType, signatures }: Envelope): string {
  return `${JSON.stringify({ payload, payloadType, signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig })) }, null, 1)}\n`;
}

/** Whether one of the signatures is by the key. */
export function isSigned({ payloadType, signatures }: Envelope, payload: Uint8Array, key: KeyObject): boolean {
  const message = pae(payloadType, payload);
  const id = keyId(key);
  return signatures.some(({ keyid, sig }) => {
    const bytes = Buffer.from(sig, 'base64');
    return keyid === id && bytes.toString('base64') === sig && verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', message, key, bytes);
  });
}
