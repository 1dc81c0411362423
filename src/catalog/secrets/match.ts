import { before, defaultReach, type FormatDetector, type LineDetector, type Matched } from './detector.ts';
import { formatDetectors } from './detectors/index.ts';
import type { Certainty, SecretFinding, SecretPlace } from './finding.ts';
import { isPlaceholder, isRegular } from './placeholder.ts';
import { createSieve } from './sieve.ts';

/** Part of a file, or a whole text: each byte or UTF-16 unit a byte of `bytes`. */
export interface Window {
  readonly bytes: Buffer;
  /** Bytes that are valid. */
  readonly end: number;
  /** Where the first byte stands in the file. */
  readonly offset: number;
  readonly place: SecretPlace;
  readonly head: Uint8Array;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

const sieve = createSieve(formatDetectors.map(({ anchors }) => anchors));

/** Secrets of known formats whose anchor begins in the range. */
export function matchFormats(window: Window, range: Range, found: (finding: SecretFinding) => void): void {
  const bytes = window.bytes.subarray(0, window.end);
  sieve.scan({ bytes, ...range }, (at, number) => {
    const detector = formatDetectors[number];
    const finding = detector && matchAt(window, detector, at);
    if (finding) found(finding);
  });
}

function matchAt(window: Window, detector: FormatDetector, at: number): SecretFinding | undefined {
  const start = Math.max(0, at - before);
  const text = window.bytes.toString('latin1', start, Math.min(window.end, at + (detector.reach ?? defaultReach)));
  detector.pattern.lastIndex = at - start;
  const match = detector.pattern.exec(text);
  return match === null ? undefined : findingOf({ window, detector, match, start, most: 'sure' });
}

/** Secrets in lines that begin in the range; `detectors` are those asked for in this place. */
export function matchLines(
  window: Window,
  { range, detectors }: { readonly range: Range; readonly detectors: readonly LineDetector[] },
  found: (finding: SecretFinding) => void,
): void {
  if (detectors.length === 0) return;
  const text = window.bytes.toString('latin1', 0, window.end);
  for (const detector of detectors) {
    const most = detector.askedIn(window.place) ?? 'likely';
    detector.pattern.lastIndex = range.from;
    for (let match = detector.pattern.exec(text); match !== null; match = detector.pattern.exec(text)) {
      if (match.index >= range.to) break;
      const finding = findingOf({ window, detector, match, start: 0, most });
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
  readonly most: Certainty;
}

function findingOf({ window, detector, match, start, most }: FoundMatch): SecretFinding | undefined {
  const range = rangeOf(match);
  if (range === undefined) return undefined;
  const [from, to] = range;
  const secret = match.input.slice(from, to);
  const { place, head, offset } = window;
  const matched: Matched = { secret, match, place, head, offset: offset + start };
  const certainty = isStandIn(detector, secret) ? undefined : detector.judge(matched);
  if (certainty === undefined) return undefined;
  return {
    detector: detector.id,
    certainty: certainty === 'sure' ? most : 'likely',
    offset: offset + start + from,
    length: to - from,
  };
}

/** Lines judge stand-ins by themselves; a key's text is checked as a whole. */
function isStandIn({ kind, group }: FormatDetector | LineDetector, secret: string): boolean {
  if (kind === 'lines' || group === 'private-key' || secret.length > 400) return false;
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
