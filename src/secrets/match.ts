import { before, defaultReach, type FormatDetector, type LineDetector, type Matched } from './detector.ts';
import { formatsIn, linesIn } from './detectors/index.ts';
import type { SecretFinding, SecretPlace } from './finding.ts';
import { isPlaceholder, isRegular } from './placeholder.ts';
import { createFastSieve } from './fast-sieve.ts';
import { createSieve, type Sieve } from './sieve.ts';

/** Part of a file, or a whole text: each byte or UTF-16 unit a byte of `bytes`. */
export interface Window {
  readonly bytes: Buffer;
  /** Bytes that are valid. */
  readonly end: number;
  /** Where the first byte stands in the file. */
  readonly offset: number;
  /** First bytes of the file. */
  readonly head: () => Uint8Array;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Looks for every secret that is asked for in one place. */
export interface Matcher {
  /** Reports each secret whose anchor or line begins in the range. Ranges of one file come in their order. */
  match(window: Window, range: Range, found: (finding: SecretFinding) => void): void;
  /** Whether each anchor was looked at. Content that is made of anchors costs too much; the rest of it is left. */
  isComplete(): boolean;
}

/** Bytes that patterns may see of a file, each time anew: so many, and so many more for each byte of it. */
const freeBytes = 32e6;
const bytesPerByte = 16;

/** Sieves by their detectors, one for settings, one for other places: of files, and of texts that are short. */
const sieves = {
  limited: { make: createFastSieve, made: new Map<readonly FormatDetector[], Sieve>() },
  all: { make: createSieve, made: new Map<readonly FormatDetector[], Sieve>() },
};

/** `most: 'all'`: however much it costs, for short texts. */
export function matcherFor(place: SecretPlace, most: 'limited' | 'all'): Matcher {
  const formats = formatsIn(place);
  const lines = linesIn(place);
  const { make, made } = sieves[most];
  const known = made.get(formats);
  const sieve = known ?? make(formats.map(({ anchors }) => anchors));
  if (known === undefined) made.set(formats, sieve);
  /** By detector, where its last secret ends: it is not looked for within that. */
  const ends = new Map<FormatDetector, number>();
  let seen = 0;
  let isComplete = true;

  return {
    match: (window, range, found) => {
      const bytes = window.bytes.length === window.end ? window.bytes : window.bytes.subarray(0, window.end);
      sieve.scan({ bytes, ...range }, (at, number) => {
        const detector = formats[number];
        if (detector === undefined || window.offset + at < (ends.get(detector) ?? Number.NEGATIVE_INFINITY)) return;
        if (most === 'limited' && seen > freeBytes + bytesPerByte * (window.offset + window.end)) isComplete = false;
        if (!isComplete) return;
        seen += Math.min(window.end - at, detector.reach ?? defaultReach);
        const finding = matchAt(window, detector, at);
        if (finding === undefined) return;
        ends.set(detector, finding.offset + finding.length);
        found(finding);
      });
      if (lines.length > 0) matchLines(window, { range, lines }, found);
    },
    isComplete: () => isComplete,
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
  const matched: Matched = { secret, match, head: window.head(), offset: window.offset + start };
  const certainty = isStandIn(detector, secret) ? undefined : detector.judge(matched);
  if (certainty === undefined) return undefined;
  return { detector: detector.id, certainty, offset: window.offset + start + from, length: to - from };
}

/** Lines and named values judge stand-ins by themselves; a key is checked as a whole, and long random text holds any word by chance. */
function isStandIn({ group, askedIn }: FormatDetector | LineDetector, secret: string): boolean {
  if (askedIn !== undefined || group === 'private-key' || secret.length > 150) return false;
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
