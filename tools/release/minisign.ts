import { createHash, type KeyObject, sign } from 'node:crypto';
import { bytesOf } from '#apps/cli/release/keys.ts';

/** The formats of minisign, for the same ed25519 key: `minisign -V -p KEY -m FILE -x SIGNATURE`. */

/** A key's number has no meaning; it is made of the key, so that the files are equal in each release. */
function numberOf(key: KeyObject): Buffer {
  return createHash('sha256').update(bytesOf(key)).digest().subarray(0, 8);
}

/** The file of a public key. */
export function minisignKeyOf(key: KeyObject): string {
  const bytes = Buffer.concat([Buffer.from('Ed'), numberOf(key), bytesOf(key)]);
  return `untrusted comment: Seawall release key\n${bytes.toString('base64')}\n`;
}

/** A signature over the BLAKE2b digest of some bytes, with a comment that is signed too. */
export function minisigOf(bytes: Buffer, key: KeyObject, comment: string): string {
  const signature = sign(undefined, createHash('blake2b512').update(bytes).digest(), key);
  const whole = sign(undefined, Buffer.concat([signature, Buffer.from(comment)]), key);
  const first = Buffer.concat([Buffer.from('ED'), numberOf(key), signature]).toString('base64');
  const head = 'untrusted comment: signature of a Seawall release';
  return `${head}\n${first}\ntrusted comment: ${comment}\n${whole.toString('base64')}\n`;
}
