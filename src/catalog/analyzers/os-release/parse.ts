/** Assignments of an os-release file: shell syntax without expansion (os-release(5)); the last one of a key counts. */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    const key = line.slice(0, Math.max(equals, 0)).trim();
    if (/^[A-Z][A-Z0-9_]*$/.test(key)) fields.set(key, unquote(line.slice(equals + 1).trim()));
  }
  return fields;
}

function unquote(value: string): string {
  if (value.length >= 2 && value.startsWith("'") && value.endsWith("'")) return value.slice(1, -1);
  const quoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  return (quoted ? value.slice(1, -1) : value).replaceAll(/\\(["$`\\])/g, '$1');
}
