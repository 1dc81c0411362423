import type { EvidenceProblem } from './problem.ts';

/** Sizes of the records of an archive without what they end with (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16). */
const local = 30;
const central = 46;
const end = 22;
const descriptorMark = 0x08074b50;

/**
 * What is in an archive besides the files that its directory names; `undefined`: nothing. Programs that unpack look at other
 * places than the directory: at local headers, extra names, links, or at what lies between files. What one of them shows
 * has to be what was verified, so an archive is exactly its files, its directory and its end. `names`: of its directory, plain
 * and in its order.
 */
export function besideFiles(content: Uint8Array, names: readonly string[]): EvidenceProblem | undefined {
  const view = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const last = view.length - end;
  if (last < 0 || view.readUInt32LE(last) !== 0x06054b50) return unreadable('Something follows its end.');
  const [size, directory] = [view.readUInt32LE(last + 12), view.readUInt32LE(last + 16)];
  if (directory + size !== last) return unreadable('Something lies between its directory and its end.');
  let [at, next] = [directory, 0];
  for (const name of names) {
    const entry = at + central > last ? undefined : entryAt(view, at);
    if (entry?.name !== name) return unreadable('It has two directories.');
    if (!entry.isPlain) return unreadable(`"${name}" is a link, or has another name or a comment.`);
    if (entry.offset !== next) return unreadable(`Something lies before "${name}".`);
    const behind = endOfFile(view, entry);
    if (behind === undefined) return { reason: 'file-changed', path: name };
    next = behind;
    at += central + name.length;
  }
  return at === last && next === directory ? undefined : unreadable('Something lies before its directory or its end.');
}

function unreadable(detail: string): EvidenceProblem {
  return { reason: 'unreadable', detail };
}

interface Entry {
  readonly name: string;
  /** No extra field or comment; the attributes hold no mode of Unix: neither a link nor a device. */
  readonly isPlain: boolean;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

function entryAt(view: Buffer, at: number): Entry {
  const name = view.toString('latin1', at + central, at + central + view.readUInt16LE(at + 28));
  return {
    name,
    isPlain: [30, 32, 38, 40].every((one) => view.readUInt16LE(at + one) === 0),
    flags: view.readUInt16LE(at + 8),
    method: view.readUInt16LE(at + 10),
    crc: view.readUInt32LE(at + 16),
    packed: view.readUInt32LE(at + 20),
    size: view.readUInt32LE(at + 24),
    offset: view.readUInt32LE(at + 42),
  };
}

/** `undefined`: its local header, or the descriptor behind it, says something else than the directory. */
function endOfFile(view: Buffer, { name, flags, method, crc, packed, size, offset }: Entry): number | undefined {
  const begins = offset + local + name.length;
  const ends = begins + packed;
  if (ends > view.length) return undefined;
  const isSame =
    view.readUInt16LE(offset + 6) === flags &&
    view.readUInt16LE(offset + 8) === method &&
    view.readUInt16LE(offset + 26) === name.length &&
    view.readUInt16LE(offset + 28) === 0 &&
    view.toString('latin1', offset + local, begins) === name;
  if (!isSame) return undefined;
  const isStreamed = (flags & 8) !== 0;
  const numbers = isStreamed ? ends + 4 : offset + 14;
  if (isStreamed && (ends + 16 > view.length || view.readUInt32LE(ends) !== descriptorMark)) return undefined;
  const told = [0, 4, 8].map((one) => view.readUInt32LE(numbers + one));
  return told[0] === crc && told[1] === packed && told[2] === size ? ends + (isStreamed ? 16 : 0) : undefined;
}
