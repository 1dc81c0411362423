import { before, fileHead, longestReach } from './detector.ts';
import type { SecretFinding } from './finding.ts';
import { matcherFor, type Window } from './match.ts';
import { mergeFindings } from './merge-findings.ts';

/** Looks for secrets in the content of one file, which comes in chunks. */
export interface SecretSearch {
  add(chunk: Uint8Array): void;
  /** The file is complete. Nothing may be added after. */
  end(): SecretsOfFile;
}

export interface SecretsOfFile {
  /** The first `mostFindings`, by offset. */
  readonly findings: readonly SecretFinding[];
  /** Findings beyond them. */
  readonly dropped: number;
  /** Whether all of it was searched; not, where it is made to be slow. Never taken for a file without secrets. */
  readonly isComplete: boolean;
}

/** Findings kept of one file. */
const mostFindings = 1000;

/** The window grows to this size. */
const windowSize = 256 * 1024;
const firstSize = 16 * 1024;

/** Bytes of the longest file that may be searched at once. */
export const longestWhole = windowSize - 1;

/** Searches a file of which all is at hand, without a copy; what `createSecretSearch` finds. */
export function searchWhole(path: string, bytes: Buffer): SecretsOfFile {
  const matcher = matcherFor({ kind: 'file', path }, 'limited');
  const findings: SecretFinding[] = [];
  let dropped = 0;
  const window: Window = { bytes, end: bytes.length, offset: 0, head: () => bytes.subarray(0, fileHead) };
  matcher.match(window, { from: 0, to: bytes.length }, (finding) => {
    if (findings.length < mostFindings) findings.push(finding);
    else dropped += 1;
  });
  return { findings: mergeFindings(findings), dropped, isComplete: matcher.isComplete() };
}

/**
 * A search in a file of this path. It keeps a window of 256 KiB, and judges each place with all of what may follow it, so that
 * findings do not depend on where chunks end.
 */
export function createSecretSearch(path: string): SecretSearch {
  const matcher = matcherFor({ kind: 'file', path }, 'limited');
  let bytes = Buffer.allocUnsafe(firstSize);
  const head = Buffer.alloc(fileHead);
  const findings: SecretFinding[] = [];
  let dropped = 0;
  /** Where the window begins in the file, its bytes in use, and those of them that were searched. */
  let offset = 0;
  let end = 0;
  let searched = 0;

  return {
    add: (chunk) => {
      for (let at = 0; at < chunk.length; ) {
        if (end === bytes.length) bytes = grown(bytes);
        const count = Math.min(chunk.length - at, bytes.length - end);
        bytes.set(chunk.subarray(at, at + count), end);
        at += count;
        end += count;
        if (end === windowSize) {
          search(end - longestReach);
          move();
        }
      }
    },
    end: () => {
      search(end);
      return { findings: mergeFindings(findings), dropped, isComplete: matcher.isComplete() };
    },
  };

  function search(to: number): void {
    if (offset === 0) bytes.copy(head, 0, 0, Math.min(end, fileHead));
    const seen = Math.min(fileHead, offset + end);
    const window: Window = { bytes, end, offset, head: () => head.subarray(0, seen) };
    matcher.match(window, { from: searched, to }, keep);
    searched = to;
  }

  function move(): void {
    const from = searched - before;
    bytes.copyWithin(0, from, end);
    offset += from;
    end -= from;
    searched = before;
  }

  function keep(finding: SecretFinding): void {
    if (findings.length < mostFindings) findings.push(finding);
    else dropped += 1;
  }
}

function grown(bytes: Buffer): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(Math.min(bytes.length * 4, windowSize));
  bytes.copy(larger);
  return larger;
}
