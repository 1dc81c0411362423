/** A product that states itself in a file of its installation. */
export interface Installed {
  readonly name: string;
  readonly version: string;
  readonly vendor?: string | undefined;
}

/** A file by which products of one kind are known. */
export interface InstalledKind {
  /** Names of such files: a whole name, or an ending as `*.product`. */
  readonly names: readonly string[];
  /** Where they lie. */
  readonly place: RegExp;
  /** For people: `release of a JDK`. */
  readonly evidence: string;
  /** What a file states; nothing: it is of something else; a text: why it is not read. */
  read(text: string): readonly Installed[] | string;
}

/** Lines `key=value`; quotes around a value are no part of it. */
export function propertiesIn(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals <= 0) continue;
    const value = line.slice(equals + 1).trim();
    const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
    found.set(line.slice(0, equals).trim(), isQuoted ? value.slice(1, -1) : value);
  }
  return found;
}
