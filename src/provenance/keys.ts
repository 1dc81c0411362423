import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { AppError } from '#base/index.ts';
import type { SigningKey } from './contract.ts';

/** A key that signatures are checked with. */
export interface VerifyingKey extends Pick<SigningKey, 'id' | 'name' | 'kind' | 'fingerprint'> {
  readonly key: KeyObject;
}

const shortestRsa = 2048;

/** Reads a public key in PEM form, as `cosign generate-key-pair` writes it. Throws `bad-request` for any other thing. */
export function readSigningKey({ id, name, pem }: Pick<SigningKey, 'id' | 'name' | 'pem'>): VerifyingKey {
  const key = parse(pem);
  const der = key.export({ type: 'spki', format: 'der' });
  return { id, name, kind: kindOf(key), fingerprint: createHash('sha256').update(der).digest('hex'), key };
}

function parse(pem: string): KeyObject {
  if (/PRIVATE KEY/.test(pem))
    throw new AppError('bad-request', 'pem: this is a private key; keep it to yourself and give the public one.');
  const [only, ...others] = pem.match(/-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----/g) ?? [];
  if (only === undefined || others.length > 0)
    throw new AppError('bad-request', 'pem: one public key is expected, BEGIN PUBLIC KEY.');
  try {
    return createPublicKey(only);
  } catch (cause) {
    throw new AppError('bad-request', 'pem: the public key cannot be read.', { cause });
  }
}

function kindOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SigningKey['kind'] {
  if (asymmetricKeyType === 'ed25519') return 'ed25519';
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ecdsa-p256';
  if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= shortestRsa) return 'rsa';
  throw new AppError('bad-request', 'pem: keys are ECDSA P-256, RSA of 2048 bits or more, or Ed25519.');
}

/** Whether the key made this signature of these bytes: SHA-256, but for Ed25519, which signs the bytes themselves. */
export function isSignedBy({ kind, key }: VerifyingKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(kind === 'ed25519' ? null : 'sha256', bytes, key, signature);
  } catch {
    return false;
  }
}
