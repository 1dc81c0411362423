/** A value as JSON knows it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One text for one value, whatever the order of its keys (RFC 8785, "JSON Canonicalization Scheme"). */
export function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

/** What PostgreSQL gives back as it was given: half surrogate pairs and NUL become U+FFFD, `undefined` members go. */
export function storable(value: unknown): Json {
  return JSON.parse(JSON.stringify(value, (_, member) => (isPlain(member) ? withSoundKeys(member) : sound(member))));
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withSoundKeys(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [sound(key), member]));
}

function sound(value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value;
}
