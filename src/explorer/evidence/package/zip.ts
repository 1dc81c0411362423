import { createHash } from 'node:crypto';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { Zip, ZipPassThrough } from 'fflate';
import type { PackedFile } from './packed-file.ts';

/** What a file has in the archive. */
interface Packed {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** An archive that grows file by file. */
export interface ZipWriter {
  /** Packs a file. Gives what the manifest says of it. */
  add(file: PackedFile): Packed;
  /** Bytes so far. */
  size(): number;
  /** The whole archive. */
  end(): Buffer;
}

/** The earliest date that the format knows: equal files give equal archives. */
const date = '1980-01-01T00:00:00';
/** Characters that are packed together. */
const portion = 1024 * 1024;

/** A file that zlib packs, portion by portion: several times faster than in JavaScript. */
class DeflatedFile extends ZipPassThrough {
  constructor(path: string) {
    super(path);
    this.compression = 8;
  }

  protected override process(chunk: Uint8Array, final: boolean): void {
    const packed = chunk.length === 0 ? noBytes : deflateRawSync(chunk, { finishFlush: constants.Z_SYNC_FLUSH });
    this.ondata(null, final ? Buffer.concat([packed, lastBlock]) : packed, final);
  }
}

const noBytes = new Uint8Array(0);
/** An empty block that says that it is the last one (RFC 1951, section 3.2.6). */
const lastBlock = Buffer.from([3, 0]);

/** Begins an archive. Throws what packing throws. */
export function openZip(): ZipWriter {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    chunks.push(chunk);
    size += chunk.length;
  });
  return {
    add: ({ path, pieces }) => {
      const entry = new DeflatedFile(path);
      entry.mtime = date;
      zip.add(entry);
      const hash = createHash('sha256');
      let bytes = 0;
      const push = (text: string): void => {
        const some = Buffer.from(text);
        hash.update(some);
        bytes += some.length;
        entry.push(some);
      };
      for (const text of inPortions(pieces())) push(text);
      entry.push(new Uint8Array(0), true);
      return { path, bytes, sha256: hash.digest('hex') };
    },
    size: () => size,
    end: () => {
      zip.end();
      return Buffer.concat(chunks);
    },
  };
}

function* inPortions(pieces: Iterable<string>): Generator<string> {
  let waiting: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < portion) continue;
    yield waiting.join('');
    waiting = [];
    length = 0;
  }
  if (length > 0) yield waiting.join('');
}

const endBytes = 22;

/**
 * An archive of `openZip` with one more file, unpacked, at its end: the signature is made where the key is, after all
 * other files were packed elsewhere.
 */
export function withLastFile(archive: Buffer, path: string, content: string): readonly Buffer[] {
  const end = archive.subarray(archive.length - endBytes);
  if (end.readUInt32LE(0) !== 0x06054b50) throw new Error('The archive does not end as one that was made here.');
  const directory = end.readUInt32LE(16);
  const [name, data] = [Buffer.from(path), Buffer.from(content)];
  const common = commonFields(name, data);
  const local = Buffer.concat([Buffer.from('504b030414000000', 'hex'), common, Buffer.alloc(2), name, data]);
  const own = Buffer.alloc(4);
  own.writeUInt32LE(directory);
  const central = Buffer.concat([
    Buffer.from('504b0102140014000000', 'hex'),
    common,
    Buffer.alloc(2 + 2 + 2 + 2 + 4),
    own,
    name,
  ]);
  const entries = end.readUInt16LE(8) + 1;
  const last = Buffer.from(end);
  last.writeUInt16LE(entries, 8);
  last.writeUInt16LE(entries, 10);
  last.writeUInt32LE(end.readUInt32LE(12) + central.length, 12);
  last.writeUInt32LE(directory + local.length, 16);
  return [archive.subarray(0, directory), local, archive.subarray(directory, archive.length - endBytes), central, last];
}

/** Method, time, date, checksum, both sizes and the length of the name, as both headers hold them. */
function commonFields(name: Buffer, data: Buffer): Buffer {
  const fields = Buffer.alloc(20);
  fields.writeUInt16LE(0x21, 4);
  fields.writeUInt32LE(crc32(data), 6);
  fields.writeUInt32LE(data.length, 10);
  fields.writeUInt32LE(data.length, 14);
  fields.writeUInt16LE(name.length, 18);
  return fields;
}
