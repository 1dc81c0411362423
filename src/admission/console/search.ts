/** Pattern of `like` for a text that contains this; `%`, `_` and `\` stand for themselves, and PostgreSQL keeps no NUL. */
export function containing(text: string): string {
  return `%${storable(text)
    .toLowerCase()
    .replace(/[\\%_]/g, String.raw`\$&`)}%`;
}

/** The text as PostgreSQL can hold it. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '');
}
