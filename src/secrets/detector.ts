import type { Certainty, SecretGroup, SecretPlace } from './finding.ts';

interface About {
  /** Fixed for ever. */
  readonly id: string;
  /** What it finds, as part of a sentence: `GitHub token`. */
  readonly title: string;
  readonly group: SecretGroup;
}

/**
 * What a pattern matched. `secret` is the group of that name, with the group `head` before it (which a lookbehind captures),
 * or else the whole match.
 */
export interface Matched {
  readonly secret: string;
  readonly match: RegExpExecArray;
  /** First bytes of the file, as many as `fileHead`. */
  readonly head: Uint8Array;
  /** Where the match begins in the file. */
  readonly offset: number;
}

/** Bytes of a file's beginning that a detector may look at. */
export const fileHead = 64;

/** Certainty of what a pattern matched; `undefined`: no secret. */
export type JudgeMatch = (matched: Matched) => Certainty | undefined;

/** Looks for a form of its own, wherever one of its anchors stands. */
export interface FormatDetector extends About {
  readonly kind: 'format';
  /** Texts of four bytes or more with which each match begins. The pattern is tried only where one stands. */
  readonly anchors: readonly string[];
  /** With the flags `d` and `y`; a lookbehind sees `before` bytes. */
  readonly pattern: RegExp;
  /** Bytes behind the anchor that the pattern sees; `defaultReach` if left out. */
  readonly reach?: number;
  /** It is asked for in settings alone (`holdsSettings`). */
  readonly askedIn?: 'settings';
  readonly judge: JudgeMatch;
}

/** Looks at every line of some places: a file of credentials, a command line. */
export interface LineDetector extends About {
  readonly kind: 'lines';
  readonly askedIn: (place: SecretPlace) => boolean;
  /** With the flags `d` and `g`. */
  readonly pattern: RegExp;
  readonly judge: JudgeMatch;
}

export type SecretDetector = FormatDetector | LineDetector;

/** Bytes before an anchor that a lookbehind sees. */
export const before = 160;
export const defaultReach = 512;
/** Bytes of the longest secret: a private key of RSA with 16,384 bits, in lines. */
export const longestReach = 24 * 1024;

/** No letter or digit stands before: it would be part of a longer word. Escaped line ends and `%3D` are no part of a word. */
export const wordStart = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-F]{2}))`;

interface Format extends About {
  readonly anchors: readonly string[];
  /** Of the secret, from the anchor on; it may be followed by no character of `alphabet`. */
  readonly body: string;
  /** Inside of a character class; `\w` if left out. */
  readonly alphabet?: string;
  readonly reach?: number;
  readonly judge?: JudgeMatch;
}

/** A format that begins with its anchor. */
export function format({ body, alphabet = String.raw`\w`, judge = sure, ...about }: Format): FormatDetector {
  const pattern = new RegExp(`${wordStart}(?<secret>${body})(?![${alphabet}])`, 'dy');
  return { kind: 'format', ...about, pattern, judge };
}

interface Named extends About {
  readonly names: readonly string[];
  readonly value: string;
  readonly judge?: JudgeMatch;
}

/** Between a name and its value: `NAME=value`, `"name": "value"`, `<name>value`, `name value`. */
const setTo = String.raw`["'\]]{0,2}(?:\s{0,4}(?::=|=>|[:=>,])\s{0,4}|\s{1,4})["']?`;

/** A value of exact length and alphabet that only its name tells from others. */
export function named({ names, value, judge = sure, ...about }: Named): FormatDetector {
  const pattern = new RegExp(`(?:${names.join('|')})${setTo}(?<secret>${value})(?![\\w/+=-])`, 'dy');
  return { kind: 'format', ...about, anchors: names, pattern, judge };
}

/** Every text with one character of each set. */
export function everyOf(...sets: readonly string[]): readonly string[] {
  return sets.reduce<readonly string[]>(
    (texts, set) => texts.flatMap((text) => set.split('').map((one) => text + one)),
    [''],
  );
}

export function sure(): Certainty {
  return 'sure';
}
