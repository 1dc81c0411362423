/** What stands behind the `?` of an address, before a page has checked it. */
export type RawSearch = Readonly<Record<string, string>>;

/** Reads the search part of an address as plain text: `?severity=high&layer=3`. The first of equal names counts. */
export function parseSearch(text: string): RawSearch {
  return Object.fromEntries([...new URLSearchParams(text)].reverse());
}

/** Writes it again. Fields without a value are left out, so that an address holds only what was chosen. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') text.set(name, String(value));
  }
  return text.size === 0
    ? ''
    : `?${text.toString().replaceAll('%3A', ':').replaceAll('%40', '@').replaceAll('%2F', '/')}`;
}

/** One of a fixed set of words, or nothing. */
export function wordOf<Word extends string>(value: unknown, words: readonly Word[]): Word | undefined {
  return words.find((word) => word === value);
}

/** One of the words that a record has as its keys, or nothing. */
export function keyOf<Word extends string>(value: unknown, words: Readonly<Record<Word, unknown>>): Word | undefined {
  return wordOf(value, Object.keys(words) as Word[]);
}

/** A text, trimmed and bounded, or nothing. */
export function textOf(value: unknown, longest = 256): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, longest) : undefined;
}

/** A whole number from 0, or nothing. */
export function countOf(value: unknown): number | undefined {
  return /^\d{1,9}$/.test(String(value)) ? Number(value) : undefined;
}

/** `yes`, or nothing. */
export function yesOf(value: unknown): 'yes' | undefined {
  return value === 'yes' ? 'yes' : undefined;
}
