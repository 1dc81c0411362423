/** What the metadata of a Python package says (https://packaging.python.org/specifications/core-metadata). */
export interface Metadata {
  readonly name?: string;
  readonly version?: string;
  readonly licenses: readonly string[];
  /** Names of the packages that it needs to run; those of its extras are left out. `undefined`: it does not say. */
  readonly requires?: readonly string[];
}

/** Fields that are read, in lower case. */
const fields: ReadonlySet<string> = new Set([
  'name',
  'version',
  'license',
  'license-expression',
  'classifier',
  'requires-dist',
]);

/** Values of fields; packages with hundreds of extras have some thousand. */
const mostValues = 20_000;
const longestValue = 10_000;

/** Reads the headers before the first empty line; the rest is a description. */
export function parseMetadata(text: string): Metadata {
  const values = headersOf(text);
  const first = (field: string): string | undefined => values.get(field)?.find((value) => value !== '');
  const [name, version] = [first('name'), first('version')];
  const requires = values.get('requires-dist');
  return {
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    licenses: licensesOf(values),
    ...(requires !== undefined && { requires: [...new Set(requires.flatMap(requiredName))] }),
  };
}

function headersOf(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let last: string[] | undefined;
  let count = 0;
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at < text.length && count < mostValues; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? undefined : end).trimEnd();
    at = end < 0 ? text.length : end + 1;
    if (line === '') break;
    if (/^[ \t]/.test(line)) {
      const value = last?.at(-1);
      if (last !== undefined && value !== undefined && value.length + line.length < longestValue)
        last[last.length - 1] = `${value}\n${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(':');
    const field = line.slice(0, Math.max(colon, 0)).toLowerCase();
    last = undefined;
    if (!fields.has(field)) continue;
    count += 1;
    last = found.get(field) ?? [];
    last.push(line.slice(colon + 1, longestValue).trim());
    found.set(field, last);
  }
  return found;
}

/** Some packages put the whole text of their licence into the field; then the classifier tells more. */
function licensesOf(values: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const expression = values.get('license-expression')?.find((value) => value !== '');
  if (expression !== undefined) return [expression];
  const stated = values.get('license')?.find((value) => value !== '' && value.toUpperCase() !== 'UNKNOWN');
  if (stated !== undefined && !stated.includes('\n')) return [stated];
  const classified = (values.get('classifier') ?? [])
    .filter((value) => value.startsWith('License ::'))
    .map((value) => value.slice(value.lastIndexOf('::') + 2).trim())
    .filter((value) => value !== '' && value !== 'OSI Approved');
  if (classified.length > 0) return classified;
  const title = stated?.slice(0, stated.indexOf('\n'));
  return title === undefined || /^copyright\b/i.test(title) ? [] : [title];
}

/** `requests[socks] (>=2.8.1) ; python_version < "3"` requires `requests`; what a marker binds to an extra is optional. */
function requiredName(requirement: string): readonly string[] {
  const semicolon = requirement.indexOf(';');
  if (semicolon >= 0 && /\bextra\b/.test(requirement.slice(semicolon))) return [];
  const name = /^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(requirement)?.[0];
  return name === undefined ? [] : [name];
}
