/** An object as parsers of JSON, YAML and TOML give it; what it holds is anybody's. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value that is an object, and no list. */
export function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** A text that is stated. */
export function textIn(fields: Fields | undefined, key: string): string | undefined {
  const value = fields?.[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A list; empty where there is none. */
export function listIn(fields: Fields | undefined, key: string): readonly unknown[] {
  const value = fields?.[key];
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** Texts of a list; `undefined` where there is no list. */
export function textsIn(fields: Fields | undefined, key: string): readonly string[] | undefined {
  if (!Array.isArray(fields?.[key])) return undefined;
  return listIn(fields, key).filter((value) => typeof value === 'string');
}
