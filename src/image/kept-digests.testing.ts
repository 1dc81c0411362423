import { closeSync, openSync, readFileSync, statfsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { type DigestKeeping, keptDigestsOf } from './kept-digests.ts';

/** A clock an hour ahead of the system's: what a test wrote just now was settled long ago. */
export const later = (): number => Date.now() + 60 * 60 * 1000;

/** Keeps digests in a folder of this user, on whatever file system the test runs. */
export function keepingIn(cacheFolder: string, change: Partial<DigestKeeping> = {}): DigestKeeping {
  const fileSystems = new Set([statfsSync('/tmp').type, statfsSync('/').type, statfsSync(import.meta.dirname).type]);
  return { cacheFolder, uid: process.getuid?.() ?? -1, now: later, fileSystems, ...change };
}

/** Whether a file is hashed or known from before, and that its digest is right in any case. */
export function hashedAs(path: string, keeping: DigestKeeping, meanwhile = (): void => undefined): 'now' | 'before' {
  const descriptor = openSync(path, 'r');
  try {
    const kept = keptDigestsOf(descriptor, keeping);
    meanwhile();
    const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
    const known = kept?.recall('whole');
    if (known !== undefined && known !== digest) throw new Error('A digest is believed that the file has not.');
    kept?.keep('whole', digest);
    return known === undefined ? 'now' : 'before';
  } finally {
    closeSync(descriptor);
  }
}
