import { packageBounds } from './archive.ts';
import type { Verification } from './problem.ts';
import { verifyPackage } from './verify-package.ts';
import { verifyRecord } from './verify-record.ts';

export { packageBounds } from './archive.ts';
export { problemWords } from './problem-words.ts';
export type { Verification, VerifiedEvidence } from './problem.ts';

/** Verifies a package, or the record of one answer: what the file is, its first byte says. */
export function verifyEvidenceFile(content: Uint8Array, fingerprints: readonly string[]): Verification {
  if (content[0] !== 0x7b) return verifyPackage(content, fingerprints);
  if (content.length <= packageBounds.recordBytes)
    return verifyRecord(Buffer.from(content).toString('utf8'), fingerprints);
  const detail = `A record has at most ${packageBounds.recordBytes / 1024 / 1024} MiB.`;
  return { state: 'not-verified', problems: [{ reason: 'too-large', detail }] };
}

/** A fingerprint as people write it, in lower case without colons; `undefined`: it is none. */
export function readFingerprint(text: string): string | undefined {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/^sha256:/, '')
    .replaceAll(':', '');
  return /^[0-9a-f]{64}$/.test(plain) ? plain : undefined;
}
