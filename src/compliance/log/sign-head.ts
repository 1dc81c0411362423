import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { headText } from './canonical.ts';
import type { LogHead, SignedHead } from './log.ts';

/** SHA-256 of a head's canonical text, in hex: what the next head names, and what agents keep. */
export function headHash(head: LogHead): string {
  return hash('sha256', headText(head), 'hex');
}

/** Signs with a private Ed25519 key. */
export function signHead(head: LogHead, key: KeyObject): SignedHead {
  return { head, signature: sign(null, signedText(head), key).toString('base64') };
}

/** Whether this key signed exactly this head. */
export function isSignedBy({ head, signature }: SignedHead, key: KeyObject): boolean {
  return verify(null, signedText(head), key, Buffer.from(signature, 'base64'));
}

/** SHA-256 of a public key (SPKI, DER), in hex: what a person compares. `key`: PEM. Throws where it is no Ed25519 key. */
export function keyFingerprint(key: string): string {
  return hash('sha256', readPublicKey(key).export({ type: 'spki', format: 'der' }), 'hex');
}

/** Throws where the PEM text holds no public Ed25519 key. */
export function readPublicKey(pem: string): KeyObject {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`The key is ${key.asymmetricKeyType ?? 'of no known kind'}, not ed25519.`);
}

/** What is signed is named, so that a signature never counts for something else. */
function signedText(head: LogHead): Buffer {
  return Buffer.from(`seawall evidence head\n${headText(head)}`);
}
