import { accessSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { ownNameNumber } from '../../applet.ts';
import { baseName, isMultiCall, isTool, plainName } from '../../programs.ts';
import type { KnownProgram, ScannedExecutable } from './scanned-executable.ts';
import { StoredIndex } from '../schema.ts';
import type { TableRow } from '../wire/structs.ts';
import { packRows } from '../wire/table-frame.ts';
import type { BackingFiles } from './backing-files.ts';
import type { PackedLibraries } from './packed-libraries.ts';

/** What an index says of itself. */
export interface IndexHead {
  /** Of the scan and the folders that it was made of: what is made of others has another. */
  readonly stamp: string;
  /** Whether every executable and code file of the image is in the table: what is not, is drift. */
  readonly isComplete: boolean;
  /** Of the table's rows; 0: there is none. */
  readonly device: number;
  /** Rows of the table. */
  readonly files: number;
  /** Executables whose file was not found as it was scanned; the first few. */
  readonly missing: readonly string[];
  readonly missingCount: number;
  /** Java archives whose libraries were not all read; the first few. */
  readonly unread: readonly string[];
  readonly unreadCount: number;
}

/** What is known of an image's files, on the disk: nothing of it is held in memory but a few pages. */
export interface ImageIndex {
  readonly head: IndexHead;
  /** File of the table for the sensor: rows as they lie on the wire, sorted by inode. */
  readonly rowsFile: string;
  /** SHA-256 of libraries inside the image's archives. */
  readonly packedLibraries: readonly string[];
  /** A program by its path as containers have it, with links resolved. */
  find(path: string): KnownProgram | undefined;
  /** Backing inode of a file that the table holds. */
  inodeOf(path: string): bigint | undefined;
  /** Whether a file is a multi-call program by any of its names, so that the sensor reads its applets. */
  hasApplets(inode: bigint): boolean;
  /** Inodes whose every name is one of a tool, those of `also` included. */
  tools(also: readonly string[]): readonly bigint[];
  close(): void;
}

const databaseFile = 'index.sqlite';
const headFile = 'head.json';
const rowsFile = 'table.rows';

const schema = `
CREATE TABLE packages (id INTEGER PRIMARY KEY, purl TEXT NOT NULL);
CREATE TABLE libraries (sha256 BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE programs (
  path TEXT PRIMARY KEY, plain TEXT NOT NULL, tool INTEGER NOT NULL, inode INTEGER, sha256 BLOB NOT NULL, md5 BLOB NOT NULL,
  package INTEGER, layer INTEGER NOT NULL
) WITHOUT ROWID;`;
const indexes = `
CREATE INDEX by_inode ON programs (inode) WHERE inode IS NOT NULL;
CREATE INDEX by_name ON programs (plain) WHERE inode IS NOT NULL;
CREATE INDEX by_tool ON programs (tool) WHERE tool = 1 AND inode IS NOT NULL;`;

export interface IndexSource {
  readonly executables: readonly ScannedExecutable[];
  /** Whether the scan saw every executable. */
  readonly isComplete: boolean;
  /** Where they lie on this host; nothing while the image's layers are not known. */
  readonly backing: BackingFiles | undefined;
  readonly packed: PackedLibraries;
  readonly stamp: string;
}

/** Writes the index of an image into a new folder. It takes memory for all of it: for a process of its own. */
export function writeImageIndex(folder: string, source: IndexSource): IndexHead {
  const { executables, isComplete, backing, packed, stamp } = source;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = backing?.files ?? [];
  const device = files[0]?.file.device ?? 0;
  // The kernel's programs know a table's inodes by one device; an image that lies on several has no whole table.
  const own = files.filter(({ file }) => file.device === device);
  const rows = rowsOf(own);
  const head: IndexHead = {
    stamp,
    isComplete: isComplete && backing !== undefined && backing.missingCount === 0 && own.length === files.length,
    device,
    files: rows.length,
    missing: backing?.missing ?? [],
    missingCount: backing?.missingCount ?? 0,
    unread: packed.unread,
    unreadCount: packed.unreadCount,
  };
  writeFileSync(join(folder, rowsFile), packRows(rows), { mode: 0o600 });
  const inodes = new Map(own.map(({ path, file }) => [path, file.inode]));
  writeDatabase(join(folder, databaseFile), { executables, inodes, libraries: packed.contents });
  writeFileSync(join(folder, headFile), JSON.stringify({ form: 3, ...head }), { mode: 0o600 });
  return head;
}

/** Each file once, with what any of its names asks for. */
function rowsOf(files: BackingFiles['files']): readonly TableRow[] {
  const rows = new Map<bigint, TableRow>();
  for (const { path, file, flags } of files) {
    const { inode, ctime, size } = file;
    const known = rows.get(inode);
    rows.set(inode, {
      inode,
      ctime,
      size,
      flags: (known?.flags ?? 0) | flags,
      // Of names that differ the last one in order: the same in every run.
      ownName: isMultiCall(path) ? ownNameNumber(baseName(path)) : (known?.ownName ?? 0),
    });
  }
  return [...rows.values()].toSorted((one, other) => (one.inode < other.inode ? -1 : 1));
}

interface Contents {
  readonly executables: readonly ScannedExecutable[];
  /** By path. */
  readonly inodes: ReadonlyMap<string, bigint>;
  readonly libraries: readonly string[];
}

function writeDatabase(file: string, { executables, inodes, libraries }: Contents): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; ${schema}`);
    const library = database.prepare('INSERT INTO libraries VALUES (?)');
    for (const sha256 of libraries) library.run(Buffer.from(sha256, 'hex'));
    const insert = database.prepare('INSERT OR REPLACE INTO programs VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    const packages = new Map<string, number>();
    for (const { path, sha256, md5, layer, package: owner } of executables) {
      if (owner !== undefined && !packages.has(owner)) packages.set(owner, packages.size);
      const inode = inodes.get(`/${path}`);
      insert.run(
        path,
        plainName(baseName(path)),
        isTool(path, []) ? 1 : 0,
        inode === undefined ? null : BigInt.asIntN(64, inode),
        Buffer.from(sha256, 'hex'),
        Buffer.from(md5, 'hex'),
        owner === undefined ? null : (packages.get(owner) ?? null),
        layer,
      );
    }
    const name = database.prepare('INSERT INTO packages VALUES (?, ?)');
    for (const [purl, id] of packages) name.run(id, purl);
    database.exec(`${indexes} COMMIT`);
  } finally {
    database.close();
  }
}

/** Opens what `writeImageIndex` wrote. Throws when that is not whole. */
export function openImageIndex(folder: string): ImageIndex {
  const head = StoredIndex.parse(JSON.parse(readFileSync(join(folder, headFile), 'utf8')));
  accessSync(join(folder, rowsFile));
  const database = new DatabaseSync(join(folder, databaseFile), { readOnly: true });
  database.exec('PRAGMA cache_size = -512; PRAGMA mmap_size = 0;');
  const ask = statementsOf(database);
  return {
    head,
    rowsFile: join(folder, rowsFile),
    packedLibraries: database.prepare('SELECT sha256 FROM libraries').all().map(hexOf),
    find: (path) => programOf(ask.program.get(plainPath(path))),
    inodeOf: (path) => inodeIn(ask.inode.get(plainPath(path))),
    hasApplets: (inode) => ask.names.all(BigInt.asIntN(64, inode)).some(({ path }) => isMultiCall(String(path))),
    tools: (also) => toolsOf(ask, also),
    close: () => database.close(),
  };
}

interface Statements {
  readonly program: StatementSync;
  readonly inode: StatementSync;
  readonly builtIn: StatementSync;
  readonly named: StatementSync;
  readonly names: StatementSync;
}

function statementsOf(database: DatabaseSync): Statements {
  const prepare = (sql: string): StatementSync => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
  return {
    program: prepare(
      'SELECT sha256, md5, layer, purl FROM programs LEFT JOIN packages ON packages.id = programs.package WHERE path = ?',
    ),
    inode: prepare('SELECT inode FROM programs WHERE path = ?'),
    builtIn: prepare('SELECT DISTINCT inode FROM programs WHERE tool = 1 AND inode IS NOT NULL'),
    named: prepare('SELECT DISTINCT inode FROM programs WHERE plain = ? AND inode IS NOT NULL'),
    names: prepare('SELECT path FROM programs WHERE inode = ?'),
  };
}

function plainPath(path: string): string {
  return path.replace(/^\//, '');
}

type Row = ReturnType<StatementSync['get']>;

function programOf(row: Row): KnownProgram | undefined {
  if (row === undefined) return undefined;
  const owner = row['purl'];
  return {
    sha256: hexOf(row),
    md5: Buffer.from(row['md5'] as Uint8Array).toString('hex'),
    layer: Number(row['layer']),
    ...(typeof owner === 'string' && { package: owner }),
  };
}

function hexOf(row: Record<string, unknown>): string {
  return Buffer.from(row['sha256'] as Uint8Array).toString('hex');
}

function inodeIn(row: Row): bigint | undefined {
  const inode = row?.['inode'];
  return typeof inode === 'bigint' ? BigInt.asUintN(64, inode) : undefined;
}

function toolsOf({ builtIn, named, names }: Statements, also: readonly string[]): readonly bigint[] {
  const likely = [...builtIn.all()];
  // A word of the rule means the whole name, or the name without its version.
  for (const name of new Set(also.flatMap((one) => [one, plainName(one)]))) likely.push(...named.all(name));
  const inodes = new Set(likely.map((row) => row['inode'] as bigint));
  const tools = [...inodes].filter((inode) => names.all(inode).every(({ path }) => isTool(String(path), also)));
  return tools.map((inode) => BigInt.asUintN(64, inode)).toSorted((one, other) => (one < other ? -1 : 1));
}
