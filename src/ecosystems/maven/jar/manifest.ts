/** Main attributes of a `MANIFEST.MF` (JAR specification): the first section, continuation lines joined. */
export function parseManifest(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  const [section = ''] = text.replaceAll(/\r\n?/g, '\n').replaceAll('\n ', '').split('\n\n', 1);
  for (const line of section.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) attributes.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 2).trim());
  }
  return attributes;
}

/** Coordinates out of `META-INF/maven/GROUP/ARTIFACT/pom.properties`; the version may be missing. */
export interface PomProperties {
  readonly group: string;
  readonly artifact: string;
  readonly version?: string;
}

const pomPath = /^(?:(?:WEB-INF|BOOT-INF)\/classes\/)?META-INF\/maven\/([^/]+)\/([^/]+)\/pom\.(properties|xml)$/;

/** Coordinates that the path of a `pom.properties` or `pom.xml` names. */
export function parsePomPath(path: string): { readonly group: string; readonly artifact: string } | undefined {
  const match = path.includes('META-INF/maven/') ? pomPath.exec(path) : null;
  return match?.[1] === undefined || match[2] === undefined ? undefined : { group: match[1], artifact: match[2] };
}

/**
 * Reads `pom.properties`. Any text file can carry that name, so what it says must agree with its path;
 * nothing when it does not.
 */
export function parsePomProperties(path: string, text: string): PomProperties | undefined {
  const place = parsePomPath(path);
  const values = new Map(text.split(/\r?\n/).map(parseProperty));
  if (place === undefined) return undefined;
  if ((values.get('groupId') ?? place.group) !== place.group) return undefined;
  if ((values.get('artifactId') ?? place.artifact) !== place.artifact) return undefined;
  const version = versionText(values.get('version'));
  return { ...place, ...(version !== undefined && { version }) };
}

/** A version that can be one: begins like one and holds no blank and no unresolved `${…}` or `%…%`. */
function versionText(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z]{0,10}[.-]?\d[^\s${}%]*$/.test(text) ? text : undefined;
}

/** `key=value` or `key: value`; comments have no key that is asked for. */
function parseProperty(line: string): readonly [string, string] {
  const end = line.search(/[=:]/);
  return [line.slice(0, Math.max(end, 0)).trim(), line.slice(end + 1).trim()];
}
