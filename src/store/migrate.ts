import { type Kysely, sql } from 'kysely';
import { AppError } from '#base/index.ts';
import { restoredTable } from './restored.ts';
import type { DomainSchema } from './store.ts';

/**
 * Brings the schemas of all domains to their newest migration, in one transaction under one advisory lock: of several
 * consoles that start at once, one migrates and the others find it done, however long that takes. While a migration runs, unqualified names
 * mean its domain's schema. Throws `AppError` `store-unavailable` when the database was made by a newer version.
 */
export async function migrate(kysely: Kysely<unknown>, schemas: readonly DomainSchema<unknown>[]): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    await sql`select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),
      set_config('idle_in_transaction_session_timeout', '0', true)`.execute(transaction);
    await sql`select pg_advisory_xact_lock(hashtextextended('seawall-migrations', 0))`.execute(transaction);
    await sql`create schema if not exists store`.execute(transaction);
    await sql`create table if not exists store.migration (
      domain text, name text, applied_at timestamptz not null default now(), primary key (domain, name))`.execute(
      transaction,
    );
    await sql.raw(restoredTable).execute(transaction);
    for (const schema of schemas) await migrateDomain(transaction, schema);
  });
}

/** Whether the database has the migrations of these schemas, all of them and no others. */
export async function isMigrated(kysely: Kysely<unknown>, schemas: readonly DomainSchema<unknown>[]): Promise<boolean> {
  const { rows } = await sql<{ domain: string; name: string }>`select domain, name from store.migration`.execute(
    kysely,
  );
  const applied = new Set(rows.map(({ domain, name }) => `${domain} ${name}`));
  const known = schemas.flatMap(({ name: domain, migrations }) =>
    Object.keys(migrations).map((name) => `${domain} ${name}`),
  );
  const domains = new Set(schemas.map(({ name }) => name));
  const own = rows.filter(({ domain }) => domains.has(domain));
  return own.length === known.length && known.every((one) => applied.has(one));
}

async function migrateDomain(transaction: Kysely<unknown>, schema: DomainSchema<unknown>): Promise<void> {
  const known = Object.keys(schema.migrations).toSorted();
  await renameApplied(transaction, schema);
  await forgetUndone(transaction, schema);
  const done = await appliedTo(transaction, schema.name);
  refuseNewer(
    'database',
    [schema],
    [...done].map((name) => ({ domain: schema.name, name })),
  );
  await sql`create schema if not exists ${sql.id(schema.name)}`.execute(transaction);
  await sql`select set_config('search_path', ${schema.name}, true)`.execute(transaction);
  for (const name of known.filter((one) => !done.has(one))) {
    await schema.migrations[name]?.up(transaction.withSchema(schema.name));
    await sql`insert into store.migration (domain, name) values (${schema.name}, ${name})`.execute(transaction);
  }
}

/** Throws `AppError` `store-unavailable` where migrations were applied that these schemas do not know. */
export function refuseNewer(
  what: 'database' | 'backup',
  schemas: readonly DomainSchema<unknown>[],
  applied: readonly { readonly domain: string; readonly name: string }[],
): void {
  for (const schema of schemas) {
    const names = applied.filter(({ domain }) => domain === schema.name).map(({ name }) => name);
    const unknown = names.find((name) => !isKnown(schema, name, names));
    if (unknown === undefined) continue;
    throw new AppError(
      'store-unavailable',
      `The ${what} has "${unknown}" of ${schema.name}, made by a newer version.`,
      {
        next: `Use the newest version of Seawall that ${what === 'backup' ? 'made it' : 'ran on this database'}.`,
      },
    );
  }
}

/** Also under a name that it had before, and one that a later migration undid. */
function isKnown(
  { migrations, formerNames = {}, undone = {} }: DomainSchema<unknown>,
  name: string,
  applied: readonly string[],
): boolean {
  if (Object.hasOwn(migrations, name) || Object.values(formerNames).includes(name)) return true;
  const later = undone[name];
  return later !== undefined && applied.includes(later);
}

/** A migration that was applied under its former name is noted under the name of now, so that it is not applied again. */
async function renameApplied(
  transaction: Kysely<unknown>,
  { name: domain, formerNames = {} }: DomainSchema<unknown>,
): Promise<void> {
  for (const [name, former] of Object.entries(formerNames)) {
    await sql`update store.migration set name = ${name} where domain = ${domain} and name = ${former}`.execute(
      transaction,
    );
  }
}

/** Of a migration that is gone nothing is left once the one that undid it was applied. */
async function forgetUndone(
  transaction: Kysely<unknown>,
  { name: domain, undone = {} }: DomainSchema<unknown>,
): Promise<void> {
  for (const [former, later] of Object.entries(undone)) {
    await sql`delete from store.migration where domain = ${domain} and name = ${former}
      and exists (select from store.migration where domain = ${domain} and name = ${later})`.execute(transaction);
  }
}

async function appliedTo(transaction: Kysely<unknown>, domain: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`select name from store.migration where domain = ${domain}`.execute(
    transaction,
  );
  return new Set(rows.map((row) => row.name));
}
