/** What `desc` and `files` of pacman's local database hold: fields, each with its values. */
export interface LocalEntry {
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** Lines outside of all fields. */
  readonly stray: readonly string[];
}

/** Values of one field: the largest packages own some 100,000 files. */
const mostValues = 500_000;
const mostStray = 10;

/** Reads fields, `%NAME%` and below it a value a line; a blank line ends one. Never throws. */
export function parseLocal(text: string): LocalEntry {
  const fields = new Map<string, string[]>();
  const stray: string[] = [];
  let values: string[] | undefined;
  for (const line of text.split('\n')) {
    const name = /^%([A-Z0-9]{1,32})%$/.exec(line)?.[1];
    if (line === '') values = undefined;
    else if (values !== undefined) values.push(...(values.length < mostValues ? [line] : []));
    else if (name === undefined) stray.push(...(stray.length < mostStray ? [line] : []));
    else {
      values = fields.get(name) ?? [];
      fields.set(name, values);
    }
  }
  return { fields, stray };
}
