/** `SHA256SUMS` of a release: which files belong to it. */

/** Names of the files that say what a release is; all others are its artefacts. */
export const signatureFiles = {
  sums: 'SHA256SUMS',
  /** 64 bytes, as openssl reads them. */
  raw: 'SHA256SUMS.sig',
  minisign: 'SHA256SUMS.minisig',
  key: 'seawall-release.pub',
  minisignKey: 'seawall-release.minisign.pub',
  changes: 'seawall-release-key-changes.json',
} as const;

/** Files that the sums cannot name, because they come after them. */
export const unlisted: ReadonlySet<string> = new Set([
  signatureFiles.sums,
  signatureFiles.raw,
  signatureFiles.minisign,
]);

/** Lines that are read at most; a release has some twenty. */
const mostLines = 1000;

/** Digests by name, or why the text is no list. A name is that of a file beside the list, never a path. */
export type Sums =
  | { readonly kind: 'read'; readonly digests: ReadonlyMap<string, string> }
  | { readonly kind: 'bad'; readonly why: string };

/** Reads the lines that `sha256sum` writes. */
export function readSums(text: string): Sums {
  const lines = text.split('\n');
  if (lines.pop() !== '') return bad('its last line is not complete');
  if (lines.length === 0) return bad('it names no file');
  if (lines.length > mostLines) return bad(`it has more than ${mostLines} lines`);
  const digests = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    const [, digest = '', name = ''] = /^([0-9a-f]{64}) [ *]([A-Za-z0-9][A-Za-z0-9._+~-]{0,199})$/.exec(line) ?? [];
    if (name === '') return bad(`line ${index + 1} is not a digest and a file name`);
    if (unlisted.has(name)) return bad(`line ${index + 1} names ${name}, which no list can name`);
    if (digests.has(name)) return bad(`it names ${name} twice`);
    digests.set(name, digest);
  }
  return { kind: 'read', digests };
}

/** The list of these digests. */
export function writeSums(digests: ReadonlyMap<string, string>): string {
  const names = [...digests.keys()].toSorted();
  return names.map((name) => `${digests.get(name)}  ${name}\n`).join('');
}

function bad(why: string): Sums {
  return { kind: 'bad', why };
}
