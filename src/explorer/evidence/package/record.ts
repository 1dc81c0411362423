import { type KeyObject, sign } from 'node:crypto';
import type { Evidence } from './evidence.ts';
import type { RecordBody, SignedRecord } from './schema.ts';
import { signedBytes } from './sign.ts';

/** A record of one answer as a small file that verifies as a package does. */
export function signedRecord(
  body: RecordBody,
  { keys, key, handOvers = [] }: Pick<Evidence, 'keys' | 'handOvers'> & { readonly key: KeyObject },
): SignedRecord {
  const text = JSON.stringify(body);
  return {
    format: 'seawall-evidence-record/1',
    keys: [...keys],
    handOvers: [...handOvers],
    signature: sign(null, signedBytes('record', text), key).toString('base64'),
    body: text,
  };
}
