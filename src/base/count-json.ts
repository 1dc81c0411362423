/** What JSON of outsiders may hold before anything is made of it. */
export interface JsonLimits {
  /** Bytes of the text; UTF-16 units where the text is a string. */
  readonly bytes: number;
  /** Opening brackets, commas and colons outside of strings: as many values and keys, give or take one. */
  readonly tokens: number;
  /** Objects and lists in each other. */
  readonly depth: number;
}

export type JsonCount =
  | { readonly kind: 'within'; readonly tokens: number; readonly depth: number }
  | { readonly kind: 'over'; readonly what: keyof JsonLimits; readonly limit: number };

/** Counts JSON while it arrives: once it is over a limit, it stays so. */
export interface JsonCounter {
  add(part: string | Uint8Array): JsonCount;
}

export type BoundedJson =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'over'; readonly what: keyof JsonLimits; readonly limit: number; readonly why: string }
  | { readonly kind: 'malformed'; readonly why: string; readonly cause: unknown };

/** Parses JSON that is within the limits: `JSON.parse` of a few megabytes of `[],` ends the process for want of memory. */
export function parseJsonWithin(text: string | Uint8Array, limits: JsonLimits): BoundedJson {
  const count = countJson(text, limits);
  if (count.kind === 'over') return { ...count, why: `it ${overText(count)}` };
  try {
    return { kind: 'read', value: JSON.parse(typeof text === 'string' ? text : decoder.decode(text)) };
  } catch (cause) {
    return { kind: 'malformed', why: 'it is not valid JSON', cause };
  }
}

/** Counts a whole text. Says nothing of its syntax: what is no JSON is for the parser to refuse. */
export function countJson(text: string | Uint8Array, limits: JsonLimits): JsonCount {
  return openJsonCounter(limits).add(text);
}

/** Why a text is refused, to stand after its name: `has more than 1000 values`. */
export function overText({ what, limit }: { readonly what: keyof JsonLimits; readonly limit: number }): string {
  switch (what) {
    case 'bytes':
      return `is larger than ${limit} bytes`;
    case 'tokens':
      return `has more than ${limit} values and keys`;
    case 'depth':
      return `is nested more than ${limit} deep`;
    default:
      return what satisfies never;
  }
}

/**
 * Opens a counter for parts of one text, cut anywhere. A byte of UTF-8 that looks like a bracket is one, and up to its
 * first error a parser sees strings where the counter does, so that no text makes a parser do more than was counted.
 */
export function openJsonCounter(limits: JsonLimits): JsonCounter {
  let state: State = { place: outside, tokens: 0, depth: 0, deepest: 0 };
  let bytes = 0;
  let over: keyof JsonLimits | undefined;
  return {
    add(part) {
      bytes += part.length;
      if (bytes > limits.bytes) over ??= 'bytes';
      if (over === undefined) {
        state = counted(state, typeof part === 'string' ? encoder.encode(part) : part, limits);
        if (state.deepest > limits.depth) over = 'depth';
        else if (state.tokens > limits.tokens) over = 'tokens';
      }
      return over === undefined
        ? { kind: 'within', tokens: state.tokens, depth: state.deepest }
        : { kind: 'over', what: over, limit: limits[over] };
    },
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const [outside, inString, afterBackslash] = [0, 1, 2];
const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openList, openObject, closeList, closeObject] = [0x5b, 0x7b, 0x5d, 0x7d];

interface State {
  readonly place: number;
  readonly tokens: number;
  readonly depth: number;
  readonly deepest: number;
}

/** The state after these bytes, or as far as it is over a limit. Plain loops over numbers: three times as fast. */
function counted(before: State, bytes: Uint8Array, limits: JsonLimits): State {
  let { place, tokens, depth, deepest } = before;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (place !== outside) {
      if (place === afterBackslash) place = inString;
      else if (byte === quote) place = outside;
      else if (byte === backslash) place = afterBackslash;
    } else if (byte === quote) place = inString;
    else if (byte === comma || byte === colon) tokens += 1;
    else if (byte === openList || byte === openObject) {
      tokens += 1;
      depth += 1;
      if (depth > deepest) deepest = depth;
      if (deepest > limits.depth || tokens > limits.tokens) break;
    } else if (byte === closeList || byte === closeObject) depth -= 1;
  }
  return { place, tokens, depth, deepest };
}
