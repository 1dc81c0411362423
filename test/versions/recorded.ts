import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { sql } from 'kysely';
import { AppError, silentLog } from '#base/index.ts';
import { consoleSchemas } from '#apps/console/compose.ts';
import { joinConsole, openLink } from '#link/agent/index.ts';
import type { Introduction } from '#link/contract.ts';
import { type DomainSchema, openStore, type Store } from '#store/index.ts';

/** What an agent of some version sent, in its order. */
export interface RecordedAgent {
  readonly introduction: Introduction;
  readonly facts: readonly { readonly kind: string; readonly body: unknown }[];
}

/** A store of some version: the migrations that it had, and the rows of each table as PostgreSQL writes them as JSON. */
export interface RecordedStore {
  readonly migrations: Readonly<Record<string, readonly string[]>>;
  readonly tables: Readonly<Record<string, readonly object[]>>;
}

/** Reads `NAME.json.zst` of a version's folder. */
export function readRecorded<Value>(version: string, name: 'agent' | 'store'): Value {
  const bytes = readFileSync(join(import.meta.dirname, version, `${name}.json.zst`));
  return JSON.parse(zstdDecompressSync(bytes).toString('utf8')) as Value;
}

/** Joins as the recorded agent, sends what it sent, and waits until the console has stored it. */
export async function sendRecorded(
  { introduction, facts }: RecordedAgent,
  to: { readonly consoleUrl: string; readonly token: string; readonly stateFolder: string },
): Promise<void> {
  const identity = await joinConsole({ ...to, introduction });
  const link = await openLink({ identity, stateFolder: to.stateFolder, introduction, log: silentLog });
  try {
    for (const { kind, body } of facts) await link.send(kind, body);
    await link.flushed();
  } finally {
    await link.close();
  }
}

/** Makes a store as that version left it, below this folder, with the migrations of then and no later one. */
export async function restoreStore({ migrations, tables }: RecordedStore, folder: string): Promise<void> {
  const schemas = consoleSchemas.map((schema) => asOfThen(schema, migrations[schema.name] ?? []));
  const store = await openStore({ place: { kind: 'embedded', folder }, schemas, log: silentLog });
  try {
    await store.transaction(async (transaction) => {
      const database = transaction.query(schemas[0] as DomainSchema<unknown>);
      await sql`set local session_replication_role = replica`.execute(database);
      for (const [table, rows] of Object.entries(tables)) await fill(database, table, rows);
    });
  } finally {
    await store.close();
  }
}

/** In the place of a migration whose tables a later one dropped. */
const nothing = { up: async () => undefined };

/** The migrations of then, under the names of then. */
function asOfThen(schema: DomainSchema<unknown>, names: readonly string[]): DomainSchema<unknown> {
  const { migrations, formerNames = {}, undone = {} } = schema;
  const nowNamed = new Map(Object.entries(formerNames).map(([name, former]) => [former, name]));
  const ofThen = names.map((name) => {
    const migration = name in undone ? nothing : (migrations[name] ?? migrations[nowNamed.get(name) ?? '']);
    if (migration === undefined)
      throw new AppError('store-unavailable', `Migration ${name} of ${schema.name} is gone.`);
    return [name, migration] as const;
  });
  return { name: schema.name, migrations: Object.fromEntries(ofThen) };
}

type Database = ReturnType<Store['query']>;

async function fill(database: Database, table: string, rows: readonly object[]): Promise<void> {
  const [schema = '', name = ''] = table.split('.');
  const { rows: columns } = await sql<{ column_name: string }>`
    select column_name from information_schema.columns
    where table_schema = ${schema} and table_name = ${name} and is_generated = 'NEVER'`.execute(database);
  const names = sql.join(columns.map(({ column_name }) => sql.ref(column_name)));
  const target = sql.table(`${schema}.${name}`);
  await sql`delete from ${target}`.execute(database);
  await sql`insert into ${target} (${names}) overriding system value
    select ${names} from jsonb_populate_recordset(null::${target}, ${JSON.stringify(rows)}::jsonb)`.execute(database);
}

/** Whatever could open a door is left out: keys, sessions, links, tokens. */
const secret = ['link.authority', 'access.session', 'access.sign_in_link', 'access.token', 'link.join_token'];

/** Reads a whole store, as `restoreStore` takes it. */
export async function recordStore(folder: string): Promise<RecordedStore> {
  const store = await openStore({ place: { kind: 'embedded', folder }, schemas: consoleSchemas, log: silentLog });
  try {
    const database = store.query(consoleSchemas[0]) as unknown as Database;
    const domains = consoleSchemas.map(({ name }) => name);
    const { rows: applied } = await sql<{ domain: string; name: string }>`
      select domain, name from store.migration where domain = any(${domains}) order by domain, name`.execute(database);
    const { rows: found } = await sql<{ schemaname: string; tablename: string }>`
      select schemaname, tablename from pg_tables where schemaname = any(${domains}) order by 1, 2`.execute(database);
    const tables: Record<string, readonly object[]> = {};
    for (const { schemaname, tablename } of found) {
      const table = `${schemaname}.${tablename}`;
      if (secret.includes(table)) continue;
      const { rows } = await sql<{ row: object }>`select to_jsonb(t) as row from ${sql.table(table)} as t`.execute(
        database,
      );
      tables[table] = rows.map(({ row }) => row);
    }
    const migrations = Object.fromEntries(
      domains.map((domain) => [domain, applied.filter((one) => one.domain === domain).map(({ name }) => name)]),
    );
    return { migrations, tables };
  } finally {
    await store.close();
  }
}
