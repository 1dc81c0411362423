/** One entry of a tar that a test makes; see the functions below for the usual ones. */
export interface TarEntry {
  readonly path: string;
  /** Type flag of the ustar header: `0` file, `1` hard link, `2` symbolic link, `5` directory, `L` GNU long name, `x` PAX. */
  readonly flag: string;
  readonly content: Uint8Array;
  readonly target: string;
  readonly mode: number;
  /** Size that the header names, where it shall lie. */
  readonly claimedSize?: number;
}

const block = 512;
const encoder = new TextEncoder();

/** A regular file. */
export function file(path: string, content: string | Uint8Array = '', mode = 0o644): TarEntry {
  return { path, flag: '0', content: bytesOf(content), target: '', mode };
}

export function directory(path: string): TarEntry {
  return { path: `${path}/`, flag: '5', content: new Uint8Array(), target: '', mode: 0o755 };
}

export function symlink(path: string, target: string): TarEntry {
  return { path, flag: '2', content: new Uint8Array(), target, mode: 0o777 };
}

export function hardLink(path: string, target: string): TarEntry {
  return { path, flag: '1', content: new Uint8Array(), target, mode: 0o644 };
}

/** Removes `path` of the layers below (OCI image specification, "Whiteouts"). */
export function whiteout(path: string): TarEntry {
  const cut = path.lastIndexOf('/') + 1;
  return file(`${path.slice(0, cut)}.wh.${path.slice(cut)}`);
}

/** Hides what the layers below hold in this folder. */
export function opaque(folder: string): TarEntry {
  return file(`${folder}/.wh..wh..opq`);
}

/** A tar with these entries, closed by two empty blocks. Names that do not fit are written as PAX records. */
export function makeTar(entries: readonly TarEntry[]): Uint8Array {
  const parts = entries.flatMap((entry) => [...longNames(entry), ...entryParts(entry)]);
  return Buffer.concat([...parts, new Uint8Array(2 * block)]);
}

/** A PAX extended header for the entry that follows it (POSIX pax, "x"). */
export function paxHeader(records: Readonly<Record<string, string>>): TarEntry {
  const text = Object.entries(records).map(([key, value]) => paxRecord(key, value));
  return { ...file('PaxHeaders/0', text.join('')), flag: 'x' };
}

/** GNU's long name for the entry that follows it. */
export function gnuLongName(path: string): TarEntry {
  return { ...file('././@LongLink', `${path}\0`), flag: 'L' };
}

/** One header block; its checksum is right. */
export function tarHeader(entry: TarEntry): Uint8Array {
  const header = new Uint8Array(block);
  const write = (text: string, offset: number, longest: number) =>
    header.set(encoder.encode(text).subarray(0, longest), offset);
  write(entry.path, 0, 100);
  write(octal(entry.mode, 7), 100, 8);
  write(octal(0, 7), 108, 8);
  write(octal(0, 7), 116, 8);
  write(octal(entry.claimedSize ?? entry.content.length, 11), 124, 12);
  write(octal(0, 11), 136, 12);
  write('        ', 148, 8);
  write(entry.flag, 156, 1);
  write(entry.target, 157, 100);
  write('ustar\u000000', 257, 8);
  const sum = header.reduce((total, byte) => total + byte, 0);
  write(`${octal(sum, 6)}\0 `, 148, 8);
  return header;
}

function entryParts(entry: TarEntry): readonly Uint8Array[] {
  const padding = new Uint8Array((block - (entry.content.length % block)) % block);
  return [tarHeader(entry), entry.content, padding];
}

function longNames(entry: TarEntry): readonly Uint8Array[] {
  const records: Record<string, string> = {};
  if (encoder.encode(entry.path).length > 100) records['path'] = entry.path;
  if (encoder.encode(entry.target).length > 100) records['linkpath'] = entry.target;
  return Object.keys(records).length > 0 ? entryParts(paxHeader(records)) : [];
}

/** A record counts its own length: `30 path=…\n`. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bare = encoder.encode(rest).length;
  let length = bare + String(bare).length;
  if (bare + String(length).length !== length) length = bare + String(length).length;
  return `${length}${rest}`;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? encoder.encode(content) : content;
}
