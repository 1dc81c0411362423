import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** What a package database of rpm says of a package. */
export interface Rpm {
  readonly name: string;
  /** `EPOCH:VERSION-RELEASE`. */
  readonly version: string;
  readonly vendor: string;
  readonly module?: string;
}

const types = { int32: 4, string: 6 } as const;

/** Writes rpm's own SQLite database with a header for each package, without the thousand runs of rpmbuild. */
export function writeRpmDatabase(path: string, packages: readonly Rpm[]): void {
  rmSync(path, { force: true });
  const database = new DatabaseSync(path);
  try {
    database.exec('CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL); BEGIN');
    const add = database.prepare('INSERT INTO Packages (blob) VALUES (?)');
    for (const one of packages) add.run(headerOf(one));
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

/** rpm file format, "Header": two counts, an index of 16-byte entries, a store of values, all big-endian. */
function headerOf({ name, version, vendor, module }: Rpm): Buffer {
  const [, epoch, upstream = '', release = ''] = /^(?:(\d+):)?(.*)-([^-]+)$/.exec(version) ?? [];
  const tags: readonly (readonly [number, string | number])[] = [
    [1000, name],
    [1001, upstream],
    [1002, release],
    ...(epoch === undefined || epoch === '0' ? [] : [[1003, Number(epoch)] as const]),
    [1011, vendor],
    [1014, 'MIT'],
    [1022, 'x86_64'],
    [1044, `${name}-${upstream}-${release}.src.rpm`],
    ...(module === undefined ? [] : [[5096, `${module}:20240101000000:00000000`] as const]),
  ];
  const index: Buffer[] = [];
  const store: Buffer[] = [];
  let length = 0;
  const put = (bytes: Buffer): void => {
    store.push(bytes);
    length += bytes.length;
  };
  for (const [tag, value] of tags) {
    if (typeof value === 'number') put(Buffer.alloc((4 - (length % 4)) % 4));
    index.push(words([tag, typeof value === 'number' ? types.int32 : types.string, length, 1]));
    put(typeof value === 'number' ? words([value]) : Buffer.from(`${value}\0`));
  }
  return Buffer.concat([words([tags.length, length]), ...index, ...store]);
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [place, value] of values.entries()) bytes.writeUInt32BE(value, place * 4);
  return bytes;
}
