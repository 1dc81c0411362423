import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { applicationKey } from './application-key.ts';

/** Names of applications that differ in case alone are one: what is written most is shown. */
export const applicationNames: Migration = {
  async up(database) {
    await sql`create table explorer.application_name (key text collate "C" primary key, name text collate "C" not null)`.execute(
      database,
    );
    const written = await writtenNames(database);
    const first = new Map<string, string>();
    for (const name of written) if (!first.has(applicationKey(name))) first.set(applicationKey(name), name);
    await sql`insert into explorer.application_name (key, name)
      select * from unnest(${[...first.keys()]}::text[], ${[...first.values()]}::text[])`.execute(database);
    await rename(
      database,
      written.filter((name) => first.get(applicationKey(name)) !== name),
      (name) => first.get(applicationKey(name)) ?? name,
    );
  },
};

/** Those that most images bear first. */
async function writtenNames(database: Kysely<unknown>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from (
      select name, 1 as images from explorer.application_row
      union all select application collate "C", 0 from explorer.container_row where application is not null) as written
    group by name order by sum(images) desc, name`.execute(database);
  return rows.map(({ name }) => name);
}

async function rename(
  database: Kysely<unknown>,
  former: readonly string[],
  nameOf: (former: string) => string,
): Promise<void> {
  const renamed = sql`unnest(${former}::text[], ${former.map(nameOf)}::text[]) as renamed (former, shown)`;
  await sql`insert into explorer.application_row (name, subject, origin)
    select shown, subject, origin from explorer.application_row join ${renamed} on name = former order by name
    on conflict do nothing`.execute(database);
  await sql`delete from explorer.application_row using ${renamed} where name = former`.execute(database);
  await sql`update explorer.container_row set application = shown from ${renamed} where application = former`.execute(
    database,
  );
}
