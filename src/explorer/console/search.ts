/** What a search looks through: lower case, one entry a line, none twice. */
export function searchText(entries: Iterable<string>): string {
  return [...new Set([...entries].map((entry) => storable(entry).toLowerCase()))].join('\n');
}

/** Pattern for `like` that finds the text anywhere; `%`, `_` and `\` in it stand for themselves. */
export function containing(text: string): string {
  return `%${storable(text)
    .toLowerCase()
    .replace(/[\\%_]/g, '\\$&')}%`;
}

/** PostgreSQL keeps no NUL and no half of a surrogate pair; names inside an image may hold either. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** JSON whose every key and text PostgreSQL can keep. `JSON.stringify` writes NUL and half surrogates as escapes. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!text.includes('\\u')) return text;
  return text.replace(/\\(?:u[0-9a-f]{4}|.)/g, (escape) =>
    escape === '\\u0000' || escape.startsWith('\\ud') ? '\uFFFD' : escape,
  );
}
