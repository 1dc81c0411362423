import { createHash, type KeyObject, verify } from 'node:crypto';

/** Which release a list of files is, as the release key signed it. */
export interface ReleaseName {
  readonly version: string;
  /** Time of its commit. */
  readonly at: string;
}

const form =
  /^untrusted comment: [^\n]*\n([A-Za-z0-9+/=]{100})\ntrusted comment: (Seawall ([0-9A-Za-z.+-]{1,60}), ([0-9T:.Z-]{20,30}))\n([A-Za-z0-9+/=]{88})\n$/;

/** Reads a signature as minisign writes it, over the BLAKE2b digest of some bytes; `undefined` unless the key signed all of it. */
export function readMinisig(text: string, bytes: Uint8Array, key: KeyObject): ReleaseName | undefined {
  const [, head = '', comment = '', version = '', at = '', whole = ''] = form.exec(text) ?? [];
  const first = Buffer.from(head, 'base64');
  // Two letters for the kind, eight bytes for the key's number.
  if (first.toString('latin1', 0, 2) !== 'ED') return undefined;
  const signature = first.subarray(10);
  const isSigned =
    verify(undefined, createHash('blake2b512').update(bytes).digest(), key, signature) &&
    verify(undefined, Buffer.concat([signature, Buffer.from(comment)]), key, Buffer.from(whole, 'base64'));
  return isSigned ? { version, at } : undefined;
}
