import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';

/** Keys that sign releases: ed25519. A key is known by its fingerprint, the SHA-256 of its SubjectPublicKeyInfo in hex. */

/** Fingerprint of a key. */
export function fingerprintOf(key: KeyObject): string {
  return createHash('sha256').update(derOf(key)).digest('hex');
}

function derOf(key: KeyObject): Buffer {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return open.export({ type: 'spki', format: 'der' });
}

/** The 32 bytes of the public key. */
export function bytesOf(key: KeyObject): Buffer {
  return derOf(key).subarray(-32);
}

/** Reads a public key: PEM, or the file of a minisign key. `undefined` for what is neither, or no ed25519 key. */
export function readPublicKey(text: string): KeyObject | undefined {
  const minisign = /^untrusted comment:[^\n]*\n([A-Za-z0-9+/=]{56})\n?$/.exec(text)?.[1];
  try {
    if (minisign === undefined) return ed25519(createPublicKey(text));
    const bytes = Buffer.from(minisign, 'base64');
    return bytes.toString('latin1', 0, 2) === 'Ed' ? keyOf(bytes.subarray(10)) : undefined;
  } catch {
    return undefined;
  }
}

/** Beginning of a SubjectPublicKeyInfo of ed25519 (RFC 8410), before the 32 bytes of the key. */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

function keyOf(bytes: Uint8Array): KeyObject | undefined {
  if (bytes.length !== 32) return undefined;
  return createPublicKey({ key: Buffer.concat([spkiHead, bytes]), format: 'der', type: 'spki' });
}

function ed25519(key: KeyObject): KeyObject | undefined {
  return key.asymmetricKeyType === 'ed25519' ? key : undefined;
}

const base64Key = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);

/** The old key says that the new one signs from now on. Both are the 32 bytes of a key in base64. */
const KeyChange = z.object({
  from: base64Key,
  to: base64Key,
  at: z.iso.datetime(),
  signature: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
});
export type KeyChange = z.infer<typeof KeyChange>;
const KeyChanges = z.array(KeyChange).max(100);

/** Reads `seawall-release-key-changes.json`; `undefined` for what is no such list. */
export function readKeyChanges(text: string): readonly KeyChange[] | undefined {
  try {
    return KeyChanges.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What the old key signs. No line of `SHA256SUMS` can begin like it. */
function wordsOf({ from, to, at }: Pick<KeyChange, 'from' | 'to' | 'at'>): Buffer {
  return Buffer.from(`seawall release key change\nfrom ${from}\nto ${to}\nat ${at}\n`);
}

/** States with the old key that the new one takes its place. */
export function changeKey(old: KeyObject, next: KeyObject, at: string): KeyChange {
  const said = { from: bytesOf(old).toString('base64'), to: bytesOf(next).toString('base64'), at };
  return { ...said, signature: sign(undefined, wordsOf(said), old).toString('base64') };
}

/**
 * The changes that lead from a trusted key to the one that signed, the first one first; `undefined` where none do. A change
 * counts only when the key that it takes the place of signed it.
 */
export function wayBetween(
  trusted: string,
  signer: KeyObject,
  changes: readonly KeyChange[],
): readonly KeyChange[] | undefined {
  const goal = fingerprintOf(signer);
  const ways = new Map<string, readonly KeyChange[]>([[trusted, []]]);
  for (const [place, way] of ways) {
    if (place === goal) return way;
    for (const change of changes) {
      const [from, to] = [change.from, change.to].map((one) => keyOf(Buffer.from(one, 'base64')));
      if (from === undefined || to === undefined || fingerprintOf(from) !== place) continue;
      if (ways.has(fingerprintOf(to)) || !isSigned(change, from)) continue;
      ways.set(fingerprintOf(to), [...way, change]);
    }
  }
  return undefined;
}

function isSigned(change: KeyChange, from: KeyObject): boolean {
  return verify(undefined, wordsOf(change), from, Buffer.from(change.signature, 'base64'));
}
