/** Assignments of an os-release file: shell syntax without expansion (os-release(5)); the last one of a key counts, one whose quotes do not close does not. */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    const key = line.slice(0, Math.max(equals, 0)).trim();
    const value = unquote(line.slice(equals + 1).trim());
    if (/^[A-Z][A-Z0-9_]*$/.test(key) && value !== undefined) fields.set(key, value);
  }
  return fields;
}

function unquote(value: string): string | undefined {
  const quote = /^["']/.exec(value)?.[0];
  if (quote === undefined) return unescape(value);
  if (value.length < 2 || !value.endsWith(quote)) return undefined;
  const inner = value.slice(1, -1);
  return quote === "'" ? inner : unescape(inner);
}

function unescape(text: string): string {
  return text.replaceAll(/\\(["'$`\\])/g, '$1');
}
