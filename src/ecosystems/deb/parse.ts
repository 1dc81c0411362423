/** One stanza of a Debian control file: field names in lower case, values with continuation lines joined by `\n`. */
export type Stanza = ReadonlyMap<string, string>;

/** Reading of a control file (deb-control(5)); `problems` tell which lines follow no rule of it. */
export interface Stanzas {
  readonly stanzas: readonly Stanza[];
  readonly problems: readonly string[];
}

/** Fields that matter; the others are skipped unread, descriptions above all. */
const wanted = new Set(['package', 'status', 'version', 'source', 'architecture', 'maintainer']);

/** Reads stanzas parted by blank lines. Never throws. */
export function parseStanzas(text: string): Stanzas {
  const stanzas: Stanza[] = [];
  const problems: string[] = [];
  let stanza = new Map<string, string>();
  let lines = 0;
  let field = '';
  const close = (): void => {
    if (lines > 0) stanzas.push(stanza);
    stanza = new Map();
    lines = 0;
    field = '';
  };
  for (const line of text.split('\n')) {
    if (line === '') {
      close();
      continue;
    }
    lines += 1;
    if (line.startsWith(' ') || line.startsWith('\t')) {
      const before = stanza.get(field);
      if (before !== undefined) stanza.set(field, `${before}\n${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    field = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!/^[a-z0-9][a-z0-9_.+-]*$/.test(field)) note(problems, line);
    else if (wanted.has(field)) stanza.set(field, line.slice(colon + 1).trim());
  }
  close();
  return { stanzas, problems };
}

/** `curl (8.14.1-2)` → name and version; without parentheses the version is the binary package's own. */
export function parseSource(text: string | undefined, own: { readonly name: string; readonly version: string }) {
  const match = /^(\S+)(?:\s+\(([^)]*)\))?/.exec(text ?? '');
  if (match?.[1] === undefined) return own;
  return { name: match[1], version: withoutZeroEpoch(match[2]?.trim() || own.version) };
}

/** dpkg compares `0:1` and `1` as equal and prints the shorter one. */
export function withoutZeroEpoch(version: string): string {
  return version.startsWith('0:') ? version.slice(2) : version;
}

/** Files out of a list with one absolute path a line; a path that is a folder of another is left out. */
export function parseFileList(text: string): readonly string[] {
  const paths = text
    .split('\n')
    .filter((line) => line.startsWith('/') && line !== '/.')
    .map((line) => line.slice(1));
  const folders = new Set(paths.map((path) => path.slice(0, Math.max(path.lastIndexOf('/'), 0))));
  return paths.filter((path) => !folders.has(path));
}

/** Files out of `md5sums`: hash, two spaces, path. */
export function parseMd5sums(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => /^[0-9a-f]{32} [ *](.+)$/.exec(line)?.[1]?.replace(/^\.?\//, ''))
    .filter((path) => path !== undefined);
}

/** As many as are told; a hostile file has millions. */
const mostProblems = 100;

function note(problems: string[], line: string): void {
  if (problems.length < mostProblems) problems.push(`Not a field: ${line.slice(0, 80)}`);
}
