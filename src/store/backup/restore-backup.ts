import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type pg from 'pg';
import { AppError, counted, messageOf } from '#base/index.ts';
import type { Address } from '../database.ts';
import { refuseNewer } from '../migrate.ts';
import { outboxSchema } from '../outbox.ts';
import { restoredTable } from '../restored.ts';
import type { DomainSchema } from '../store.ts';
import { type BackupContent, recordsIn } from './backup-file.ts';
import { CopyIn } from './copy.ts';
import type { BackupRecord } from './records.ts';
import type { KeyFile, Part, PartEnd, SequenceValue } from './schema.ts';
import { withSession } from './session.ts';
import { columnsOf, nameOf } from './take-backup.ts';

/** From where to where. */
export interface RestoreRequest {
  readonly file: string;
  readonly secret: Buffer;
  readonly address: Address;
  /** What the file holds, read whole before. */
  readonly content: BackupContent;
  /** What this version knows; missing: the store is for another one. */
  readonly schemas?: readonly DomainSchema<unknown>[];
  /** Puts the key files in their places, before anything of the store is to be seen. */
  readonly keepKeys: (keys: readonly KeyFile[]) => Promise<void>;
  /** Where the vulnerability database goes, if the backup holds one. */
  readonly vulnerabilityDatabase: string;
  readonly progress: (done: number) => void;
}

/**
 * Restores a backup into a database that holds nothing of Seawall, in one transaction: it is there whole, or nothing is.
 * What signs people in without a password is left out, and tokens are held. Throws `AppError`: `restore-not-empty`,
 * `backup-damaged`, `store-unavailable` also for a backup of a newer version, `output-unwritable`.
 */
export async function restoreBackup(request: RestoreRequest): Promise<void> {
  const { schemas, content } = request;
  if (schemas !== undefined) refuseNewer('backup', [outboxSchema, ...schemas], content.header.migrations);
  await withSession(request.address, async (client) => {
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtextextended('seawall-migrations', 0))`);
    await refuseFilled(client, request.content);
    const restoring = new Restoring(client, request);
    try {
      for await (const record of recordsIn(request.file, request.secret)) await restoring.take(record);
      await closeDoors(client, content.header.takenAt);
      await client.query('commit');
      await restoring.keepFile();
    } finally {
      await restoring.leave();
    }
    await client.query('analyze');
  });
}

async function refuseFilled(client: pg.Client, { header }: BackupContent): Promise<void> {
  const schemas = [...new Set(['store', 'jobs', ...header.migrations.map(({ domain }) => domain)])];
  const { rows } = await client.query<{ schema: string; tables: number }>(
    `select n.nspname as schema, count(c.oid)::int as tables
     from pg_namespace n join pg_class c on c.relnamespace = n.oid where n.nspname = any($1) and c.relkind in ('r', 'p')
     group by 1 order by 2 desc`,
    [schemas],
  );
  if (rows.length === 0) return;
  const found = rows.slice(0, 3).map(({ schema, tables }) => `${schema} (${tables} tables)`);
  throw new AppError(
    'restore-not-empty',
    `The database is not empty: it holds ${await saidOf(client)}${found.join(', ')}.`,
  );
}

/** What a person would miss, as far as these tables are there. */
async function saidOf(client: pg.Client): Promise<string> {
  const said: string[] = [];
  for (const [table, word] of [
    ['access."user"', 'user'],
    ['link.agent', 'agent'],
    ['catalog.scan', 'scan'],
  ] as const) {
    const { rows } = await client.query<{ there: boolean }>(`select to_regclass($1) is not null as there`, [table]);
    if (rows[0]?.there !== true) continue;
    const { rows: counts } = await client.query<{ count: string }>(`select count(*) as count from ${table}`);
    said.push(counted(Number(counts[0]?.count ?? 0), word));
  }
  return said.length === 0 ? '' : `${said.join(', ')}: `;
}

/**
 * What lets in without a password, as far as the version of the copy has it. Not left to a console: one that runs on this
 * database already would take what was closed since.
 */
const doors = [
  { table: 'access.session', column: 'id', close: 'delete from access.session' },
  { table: 'access.sign_in_link', column: 'user_id', close: 'delete from access.sign_in_link' },
  {
    table: 'access.token',
    column: 'held_at',
    close: 'update access.token set held_at = now() where revoked_at is null',
  },
  { table: 'link.join_token', column: 'held_at', close: 'update link.join_token set held_at = now()' },
] as const;

/** The mark has the console that settles it tell of the restore. */
async function closeDoors(client: pg.Client, takenAt: string): Promise<void> {
  for (const { table, column, close } of doors) {
    const { rows } = await client.query(
      'select from pg_attribute where attrelid = to_regclass($1) and attname = $2 and not attisdropped',
      [table, column],
    );
    if (rows.length > 0) await client.query(close);
  }
  await client.query('create schema if not exists store');
  await client.query(restoredTable);
  await client.query('insert into store.restored (restored_at, taken_at) values (now(), $1)', [takenAt]);
}

/** Does what the records say, one after the other. */
class Restoring {
  readonly #client: pg.Client;
  readonly #request: RestoreRequest;
  readonly #keys: KeyFile[] = [];
  #done = 0;
  #part: { readonly name: string; readonly rows: CopyIn } | { readonly file: FileHandle } | undefined;
  #building: string | undefined;

  constructor(client: pg.Client, request: RestoreRequest) {
    this.#client = client;
    this.#request = request;
  }

  async take({ kind, value }: BackupRecord): Promise<void> {
    switch (kind) {
      case 'header':
        return;
      case 'key':
        this.#keys.push(value);
        return;
      case 'before':
      case 'after':
        return await this.#run(value.text);
      case 'part':
        return await this.#begin(value);
      case 'data':
        return await this.#write(value);
      case 'part-end':
        return await this.#end(value);
      case 'sequence':
        return await this.#set(value);
      case 'end':
        return await this.#request.keepKeys(this.#keys);
    }
  }

  /** The vulnerability database takes its name once all else is there. */
  async keepFile(): Promise<void> {
    const [building, file] = [this.#building, this.#request.vulnerabilityDatabase];
    if (building !== undefined) await writing(file, async () => await rename(building, file));
  }

  async leave(): Promise<void> {
    if (this.#part !== undefined && 'file' in this.#part) await this.#part.file.close().catch(() => undefined);
    this.#part = undefined;
    if (this.#building !== undefined) await rm(this.#building, { force: true });
  }

  /** The extended protocol takes one statement and no second one behind it. */
  async #run(text: string): Promise<void> {
    if (!/^(?:create|alter) /i.test(text))
      throw new AppError('backup-damaged', 'The backup holds a statement that makes nothing.');
    try {
      await this.#client.query({ text, values: [], queryMode: 'extended' } as pg.QueryConfig);
    } catch (cause) {
      throw new AppError(
        'store-unavailable',
        `PostgreSQL does not take \`${text.slice(0, 120)}\`: ${messageOf(cause)}`,
        { cause },
      );
    }
  }

  async #begin(value: Part): Promise<void> {
    if (value.kind === 'vulnerability-database') {
      const { vulnerabilityDatabase } = this.#request;
      const building = `${vulnerabilityDatabase}.restoring`;
      // Whoever may write to the folder could have put a link there.
      await writing(vulnerabilityDatabase, async () => await rm(building, { force: true }));
      this.#part = { file: await writing(vulnerabilityDatabase, async () => await open(building, 'wx', 0o644)) };
      this.#building = building;
      return;
    }
    const name = nameOf(value);
    this.#request.progress(this.#done++);
    this.#part = { name, rows: new CopyIn(this.#client, `copy ${columnsOf(value)} from stdin`) };
  }

  async #write(piece: Buffer): Promise<void> {
    const part = this.#part;
    if (part === undefined) return;
    if ('rows' in part) return await part.rows.write(piece);
    await writing(this.#request.vulnerabilityDatabase, async () => await part.file.writeFile(piece));
  }

  async #end({ rows }: PartEnd): Promise<void> {
    const part = this.#part;
    this.#part = undefined;
    if (part === undefined) return;
    if ('file' in part) {
      await writing(this.#request.vulnerabilityDatabase, async () => await part.file.sync());
      return await part.file.close();
    }
    const taken = await part.rows.end();
    if (taken !== rows)
      throw new AppError('backup-damaged', `${part.name} has ${taken} rows, and the backup says ${rows}.`);
  }

  async #set({ schema, name, value, isCalled }: SequenceValue): Promise<void> {
    await this.#client.query('select setval($1::regclass, $2, $3)', [nameOf({ schema, name }), value, isCalled]);
  }
}

async function writing<Value>(file: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    throw new AppError('output-unwritable', `${file} cannot be written: ${messageOf(cause)}`, { cause });
  }
}
