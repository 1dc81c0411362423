import type { Decoded, StrictJson, StrictObject } from './strict-json.ts';

/** Keys that count in an object, each with those of its value; `each` are those of an array's elements or a map's values. */
export interface KeyTree {
  readonly keys?: ReadonlyMap<string, KeyTree>;
  readonly each?: KeyTree;
}

export type ExactlyRead = { readonly kind: 'read'; readonly value: unknown } | Extract<Decoded, { kind: 'refused' }>;

/**
 * Leaves of JSON what counts, as plain values. Go takes keys without regard to case, so one that is spelt almost like one
 * that counts is refused: the engine would take it for that.
 */
export function keepExactKeys(value: StrictJson, tree: KeyTree): ExactlyRead {
  const misspelt = findMisspelt(value, tree);
  if (misspelt === undefined) return { kind: 'read', value: plain(value, tree) };
  const [found, known] = misspelt;
  return { kind: 'refused', why: `it spells the key ${known} as ${JSON.stringify(found)}` };
}

function findMisspelt(value: StrictJson, tree: KeyTree): readonly [string, string] | undefined {
  if (Array.isArray(value)) return firstOf(value, (one) => (tree.each ? findMisspelt(one, tree.each) : undefined));
  if (!isObject(value)) return undefined;
  const byFold = new Map([...(tree.keys?.keys() ?? [])].map((key) => [fold(key), key]));
  return firstOf([...value], ([key, inner]) => {
    const known = byFold.get(fold(key));
    if (known !== undefined && known !== key) return [key, known] as const;
    const subtree = tree.keys?.get(key) ?? tree.each;
    return subtree === undefined ? undefined : findMisspelt(inner, subtree);
  });
}

function firstOf<T, R>(list: readonly T[], find: (one: T) => R | undefined): R | undefined {
  for (const one of list) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** As Go compares keys of ASCII: two letters beyond it fold into it, the long s and the Kelvin sign. */
function fold(key: string): string {
  return key

    .replaceAll('\u017F', 's')
    .replaceAll('\u212A', 'k')
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function plain(value: StrictJson, tree: KeyTree): unknown {
  if (Array.isArray(value)) return value.map((one: StrictJson) => plain(one, tree.each ?? {}));
  if (!isObject(value)) return value;
  const kept = [...value].flatMap(([key, inner]) => {
    const subtree = tree.keys === undefined ? (tree.each ?? {}) : tree.keys.get(key);
    return subtree === undefined ? [] : [[key, plain(inner, subtree)] as const];
  });
  return Object.fromEntries(kept);
}

function isObject(value: StrictJson): value is StrictObject {
  return value instanceof Map;
}

/** Keys that count in either; where one leaves a place open, those of the other. */
export function mergedKeys(one: KeyTree, other: KeyTree): KeyTree {
  const keys = [...new Set([...(one.keys?.keys() ?? []), ...(other.keys?.keys() ?? [])])];
  const each = one.each && other.each ? mergedKeys(one.each, other.each) : (one.each ?? other.each);
  return {
    ...((one.keys ?? other.keys) && {
      keys: new Map(keys.map((key) => [key, mergedKeys(one.keys?.get(key) ?? {}, other.keys?.get(key) ?? {})])),
    }),
    ...(each && { each }),
  };
}
