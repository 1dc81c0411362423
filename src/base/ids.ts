import type { Brand } from './brand.ts';

/** `sha256:` and 64 lower-case hex digits, of any content: a blob, a manifest, an index. */
export type Digest = Brand<string, 'Digest'>;

/** Digest of an image's config: the identity of an image everywhere in Seawall. */
export type ImageDigest = Digest & Brand<string, 'ImageDigest'>;

/** Digest of a layer's uncompressed tar (OCI image specification, "Layer DiffID"). */
export type DiffId = Digest & Brand<string, 'DiffId'>;

/** What is judged: `sha256:…` (an image's config digest) or `host:NAME` (the file system of a host or folder). */
export type SubjectId = Brand<string, 'SubjectId'>;

/** One publication of a catalog (UUID). */
export type ScanId = Brand<string, 'ScanId'>;

export const digestPattern = /^sha256:[0-9a-f]{64}$/;
export const subjectIdPattern = /^(?:sha256:[0-9a-f]{64}|host:[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254})$/;
export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isImageDigest(text: string): text is ImageDigest {
  return digestPattern.test(text);
}

export function isDiffId(text: string): text is DiffId {
  return digestPattern.test(text);
}

export function isSubjectId(text: string): text is SubjectId {
  return subjectIdPattern.test(text);
}
