import { createHash } from 'node:crypto';
import type { Subject } from '#image/index.ts';
import { canonicalText } from './canonical-text.ts';
import type { Catalog } from './contract.ts';

/**
 * Digest of what a scan found in a subject, the same for every host that found the same: names, and by which manifest
 * and blobs a host found an image, are left out. `sha256:` and 64 hexadecimal digits.
 */
export function documentDigest(subject: Subject, catalog: Catalog): string {
  const hash = createHash('sha256');
  const add = (value: unknown) => hash.update(canonicalText(value)).update('\n');
  add(sharedSubject(subject));
  const { packages, faults, executables, ...rest } = catalog;
  add(rest);
  for (const one of packages) add(one);
  add(null);
  for (const one of faults) add(one);
  add(executables ?? null);
  return `sha256:${hash.digest('hex')}`;
}

/** A subject without what each host calls its own. */
export function sharedSubject(subject: Subject): Subject {
  if (subject.kind === 'file-system') return subject;
  const { manifestDigest: _, indexDigest: __, layers, ...rest } = subject;
  return { ...rest, names: [], layers: layers.map(({ digest: ___, ...layer }) => layer) };
}
