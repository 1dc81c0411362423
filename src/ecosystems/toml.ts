import { parse } from 'smol-toml';
import { oneLine } from '#base/index.ts';

/** What TOML of outsiders holds, or why it is not read. */
export type BoundedToml =
  | { readonly kind: 'read'; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly why: string };

/** The largest lock files that are published have some 10 MB and 500,000 values. */
const limits = { bytes: 64 * 1024 ** 2, tokens: 4_000_000 };

/** Parses TOML that is within the limits. Each table, key and value has one of these signs before it, in texts too. */
export function parseToml(text: string): BoundedToml {
  if (text.length > limits.bytes) return refused(`it is larger than ${limits.bytes} bytes`);
  if (countTokens(text) > limits.tokens) return refused(`it has more than ${limits.tokens} values and keys`);
  try {
    return { kind: 'read', value: parse(text.startsWith('\ufeff') ? text.slice(1) : text) };
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : '';
    return refused(`it is no valid TOML (${oneLine(problem.replace(/^Invalid TOML document: /, ''), 100)})`);
  }
}

function refused(why: string): BoundedToml {
  return { kind: 'refused', why };
}

const signs: ReadonlySet<number> = new Set(['=', ',', '[', '{', '.'].map((sign) => sign.charCodeAt(0)));

function countTokens(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if (signs.has(text.charCodeAt(at))) count += 1;
  return count;
}
