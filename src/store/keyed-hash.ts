import { createHmac, hkdfSync } from 'node:crypto';
import type { Keyed } from './store.ts';

const keyBytes = 32;

/** HMACs by keys that are derived from the master key (HKDF, RFC 5869), one for each purpose. */
export function keyedHash(masterKey: (() => Buffer) | undefined): Keyed {
  const keys = new Map<string, Buffer>();
  const keyFor = (purpose: string): Buffer => {
    const held = keys.get(purpose);
    if (held !== undefined) return held;
    if (masterKey === undefined) throw new Error('This program opened the store without the master key.');
    const key = Buffer.from(hkdfSync('sha256', masterKey(), '', `seawall ${purpose}`, keyBytes));
    keys.set(purpose, key);
    return key;
  };
  return { mac: (purpose, content) => createHmac('sha256', keyFor(purpose)).update(content).digest('hex') };
}
