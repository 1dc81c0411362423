import { type KeyObject, verify } from 'node:crypto';
import { followHandOvers, keyFingerprint, readPublicKey, type SignedHandOver } from '#compliance/index.ts';
import { messageOf } from '#base/index.ts';

/** What is signed: its purpose is part of it, so that a signature never counts for something else. */
export type SignedPurpose = 'manifest' | 'record';

/** The bytes that the evidence key signs. */
export function signedBytes(purpose: SignedPurpose, text: string): Buffer {
  return Buffer.from(`seawall evidence ${purpose}\n${text}`);
}

/** A signature as it came. */
export interface ClaimedSignature {
  readonly purpose: SignedPurpose;
  readonly text: string;
  /** PEM; the last one is said to have signed. */
  readonly keys: readonly string[];
  readonly handOvers: readonly SignedHandOver[];
  readonly signature: string;
}

/** Whose signature it is. `keys`: those that are trusted for heads. */
export type CheckedSignature =
  | { readonly state: 'signed'; readonly keys: readonly string[] }
  | { readonly state: 'other-key'; readonly reason: string }
  | { readonly state: 'forged'; readonly reason: string };

/** Whether a key with one of these fingerprints, or one that such a key gave over to, signed exactly this text. */
export function checkSignature(claimed: ClaimedSignature, given: readonly string[]): CheckedSignature {
  const { signers, all } = followHandOvers(given, claimed);
  const found = claimed.keys.map(openKey);
  const trusted = found.filter(({ fingerprint }) => all.includes(fingerprint));
  const signer = found.at(-1);
  if (signer?.key === undefined || !signers.includes(signer.fingerprint))
    return { state: 'other-key', reason: `It was signed by ${signer?.fingerprint ?? 'no key'}.` };
  const bytes = signedBytes(claimed.purpose, claimed.text);
  if (!verify(null, bytes, signer.key, Buffer.from(claimed.signature, 'base64')))
    return { state: 'forged', reason: 'The signature is not of this text.' };
  return { state: 'signed', keys: trusted.map(({ pem }) => pem) };
}

interface OpenedKey {
  readonly pem: string;
  readonly fingerprint: string;
  readonly key?: KeyObject;
}

function openKey(pem: string): OpenedKey {
  try {
    return { pem, fingerprint: keyFingerprint(pem), key: readPublicKey(pem) };
  } catch (error) {
    return { pem, fingerprint: `no readable key (${messageOf(error)})` };
  }
}
