import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import pg from 'pg';
import { AppError, messageOf } from '#base/index.ts';
import type { Address } from '../database.ts';
import { copyOut } from './copy.ts';
import { type Definitions, readDefinitions, schemasOf, type TableName, tablesOf } from './definitions.ts';
import type { BackupRecord } from './records.ts';
import type { End, Header, KeyFile, Part } from './schema.ts';
import { majorOf } from './session.ts';

/** What a backup is made of. */
export interface BackupSource {
  readonly address: Address;
  /** Version of Seawall that makes it. */
  readonly version: string;
  readonly keys: readonly KeyFile[];
  /** The vulnerability database; missing: it is left out, and built again from the feeds. */
  readonly vulnerabilityDatabase?: string;
}

/** How far a backup is. */
export interface BackupProgress {
  readonly done: number;
  readonly of: number;
  /** Of the tables, as they are copied. */
  readonly bytes: number;
}

/** Longest data record. */
const pieceBytes = 256 * 1024;
/** How often the list of tables may change before the snapshot holds. */
const tries = 5;

interface Taking {
  readonly client: pg.Client;
  readonly source: BackupSource;
  readonly progress: (progress: BackupProgress) => void;
}

/** Gives the store as it stands at one moment; who works on it meanwhile is not kept from it. */
export async function* recordsOf(taking: Taking): AsyncGenerator<BackupRecord> {
  const { client, source, progress } = taking;
  const schemas = await beginSnapshot(client);
  const definitions = await readDefinitions(client, schemas);
  yield { kind: 'header', value: await headerOf(taking) };
  for (const value of source.keys) yield { kind: 'key', value };
  for (const text of definitions.before) yield { kind: 'before', value: { text } };
  const sums = { tables: definitions.tables.length, rows: 0, bytes: 0 };
  for (const [done, table] of definitions.tables.entries()) {
    progress({ done, of: sums.tables, bytes: sums.bytes });
    const { rows, bytes } = yield* partOf({ kind: 'table', ...table }, copyOut(client, copyText(table)));
    sums.rows += rows;
    sums.bytes += bytes;
  }
  if (source.vulnerabilityDatabase !== undefined)
    sums.bytes += (yield* partOf({ kind: 'vulnerability-database' }, contentOf(source.vulnerabilityDatabase))).bytes;
  for (const value of definitions.sequences) yield { kind: 'sequence', value };
  for (const text of definitions.after) yield { kind: 'after', value: { text } };
  yield { kind: 'end', value: endOf(sums, definitions, source.keys) };
  await client.query('commit');
}

function endOf(
  sums: Pick<End, 'tables' | 'rows' | 'bytes'>,
  { before, after, sequences }: Definitions,
  keys: readonly KeyFile[],
): End {
  return { ...sums, statements: before.length + after.length, keys: keys.length, sequences: sequences.length };
}

/**
 * LOCK takes no snapshot, so nothing that changes a table's form comes between the snapshot and the lock (PostgreSQL,
 * "LOCK"). The lock is that of a reader: only who drops or alters a table waits.
 */
async function beginSnapshot(client: pg.Client): Promise<readonly string[]> {
  if (!(await holdsStore(client)))
    throw new AppError('store-unavailable', 'There is nothing of Seawall in this database.', {
      next: 'Name the state folder with SEAWALL_STATE, or the database with SEAWALL_DATABASE_URL.',
    });
  for (let attempt = 1; attempt <= tries; attempt++) {
    const schemas = await schemasOf(client);
    const seen = (await tablesOf(client, schemas)).map(nameOf);
    await client.query('begin isolation level repeatable read, read only');
    try {
      await client.query(`lock table ${seen.join(', ')} in access share mode`);
      const now = (await tablesOf(client, await schemasOf(client))).map(nameOf);
      if (now.join() === seen.join()) return schemas;
    } catch (error) {
      if (attempt === tries) throw error;
    }
    await client.query('rollback');
  }
  throw new AppError('store-unavailable', 'The tables of the store change all the time.', {
    next: 'Try again once the upgrade that is under way has ended.',
  });
}

async function holdsStore(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(`select to_regclass('store.migration') is not null as there`);
  return rows[0]?.there === true;
}

async function headerOf({ client, source }: Taking): Promise<Header> {
  const { rows } = await client.query<{ at: Date }>('select now() as at');
  const { rows: migrations } = await client.query<{ domain: string; name: string }>(
    'select domain, name from store.migration order by domain, name',
  );
  const takenAt = (rows[0]?.at ?? new Date()).toISOString();
  return { seawall: source.version, postgres: await majorOf(client), takenAt, migrations };
}

/** Quoted, with its schema. */
export function nameOf({ schema, name }: TableName): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
}

function copyText(table: Definitions['tables'][number]): string {
  return `copy ${columnsOf(table)} to stdout`;
}

/** A table with the columns whose values are copied. */
export function columnsOf(table: TableName & { readonly columns: readonly string[] }): string {
  if (table.columns.length === 0) return nameOf(table);
  return `${nameOf(table)} (${table.columns.map((column) => pg.escapeIdentifier(column)).join(', ')})`;
}

async function* partOf(
  value: Part,
  content: AsyncGenerator<Buffer, number>,
): AsyncGenerator<BackupRecord, { readonly rows: number; readonly bytes: number }> {
  yield { kind: 'part', value };
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    let step = await content.next();
    for (; step.done !== true; step = await content.next()) {
      hash.update(step.value);
      bytes += step.value.length;
      for (let at = 0; at < step.value.length; at += pieceBytes)
        yield { kind: 'data', value: step.value.subarray(at, at + pieceBytes) };
    }
    yield { kind: 'part-end', value: { rows: step.value, bytes, sha256: hash.digest('hex') } };
    return { rows: step.value, bytes };
  } finally {
    await content.return(0);
  }
}

async function* contentOf(file: string): AsyncGenerator<Buffer, number> {
  try {
    for await (const piece of createReadStream(file, { highWaterMark: pieceBytes })) yield piece as Buffer;
  } catch (cause) {
    throw new AppError('file-unreadable', `${file} cannot be read: ${messageOf(cause)}.`, { cause });
  }
  return 0;
}
