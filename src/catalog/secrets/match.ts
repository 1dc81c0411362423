import { before, defaultReach, type FormatDetector, type LineDetector, type Matched } from './detector.ts';
import { formatsIn, linesIn } from './detectors/index.ts';
import type { SecretFinding, SecretPlace } from './finding.ts';
import { isPlaceholder, isRegular } from './placeholder.ts';
import { createSieve, type Sieve } from './sieve.ts';

/** Part of a file, or a whole text: each byte or UTF-16 unit a byte of `bytes`. */
export interface Window {
  readonly bytes: Buffer;
  /** Bytes that are valid. */
  readonly end: number;
  /** Where the first byte stands in the file. */
  readonly offset: number;
  readonly head: Uint8Array;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Every secret of a window that is looked for in one kind of place. */
export interface Matcher {
  /** Reports each secret whose anchor or line begins in the range. */
  match(window: Window, range: Range, found: (finding: SecretFinding) => void): void;
}

/** Sieves by their detectors: one for settings, one for other files. */
const sieves = new Map<readonly FormatDetector[], Sieve>();

export function matcherFor(place: SecretPlace): Matcher {
  const formats = formatsIn(place);
  const lines = linesIn(place);
  const sieve = sieves.get(formats) ?? createSieve(formats.map(({ anchors }) => anchors));
  sieves.set(formats, sieve);
  return {
    match: (window, range, found) => {
      const bytes = window.bytes.subarray(0, window.end);
      sieve.scan({ bytes, ...range }, (at, number) => {
        const detector = formats[number];
        const finding = detector && matchAt(window, detector, at);
        if (finding) found(finding);
      });
      if (lines.length > 0) matchLines(window, { range, lines }, found);
    },
  };
}

function matchAt(window: Window, detector: FormatDetector, at: number): SecretFinding | undefined {
  const start = Math.max(0, at - before);
  const text = window.bytes.toString('latin1', start, Math.min(window.end, at + (detector.reach ?? defaultReach)));
  detector.pattern.lastIndex = at - start;
  const match = detector.pattern.exec(text);
  return match === null ? undefined : findingOf({ window, detector, match, start });
}

function matchLines(
  window: Window,
  { range, lines }: { readonly range: Range; readonly lines: readonly LineDetector[] },
  found: (finding: SecretFinding) => void,
): void {
  const text = window.bytes.toString('latin1', 0, window.end);
  for (const detector of lines) {
    detector.pattern.lastIndex = range.from;
    for (let match = detector.pattern.exec(text); match !== null; match = detector.pattern.exec(text)) {
      if (match.index >= range.to) break;
      const finding = findingOf({ window, detector, match, start: 0 });
      if (finding) found(finding);
    }
  }
}

interface FoundMatch {
  readonly window: Window;
  readonly detector: FormatDetector | LineDetector;
  readonly match: RegExpExecArray;
  /** Where the text that was matched begins in the window. */
  readonly start: number;
}

function findingOf({ window, detector, match, start }: FoundMatch): SecretFinding | undefined {
  const range = rangeOf(match);
  if (range === undefined) return undefined;
  const [from, to] = range;
  const secret = match.input.slice(from, to);
  const matched: Matched = { secret, match, head: window.head, offset: window.offset + start };
  const certainty = isStandIn(detector, secret) ? undefined : detector.judge(matched);
  if (certainty === undefined) return undefined;
  return { detector: detector.id, certainty, offset: window.offset + start + from, length: to - from };
}

/** Lines and named values judge stand-ins by themselves; a key's text is checked as a whole. */
function isStandIn({ group, askedIn }: FormatDetector | LineDetector, secret: string): boolean {
  if (askedIn !== undefined || group === 'private-key' || secret.length > 400) return false;
  const random = secret.replace(/^[a-z]{2,8}[_-](?:(?:live|v1|pat)_)?/, '');
  return isPlaceholder(secret) || (random.length >= 16 && isRegular(random));
}

/** The secret is the group of that name, or one of a quoted value's, with `head` before it where there is one. */
function rangeOf({ indices, index, 0: whole }: RegExpExecArray): readonly [number, number] | undefined {
  const groups = indices?.groups ?? {};
  const value = groups['secret'] ??
    groups['double'] ??
    groups['single'] ??
    groups['bare'] ?? [index, index + whole.length];
  return [groups['head']?.[0] ?? value[0], value[1]];
}
