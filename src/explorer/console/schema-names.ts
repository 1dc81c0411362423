import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Vulnerabilities were called flaws before. */
export const vulnerabilityNames: Migration = {
  async up(database) {
    await renameWord(database, 'flaw', 'vulnerability');
  },
};

/** The environment of a row was called its place before, and so was the position in a list. */
export const environmentNames: Migration = {
  async up(database) {
    for (const table of ['package_row', 'unscanned_row'])
      await sql`alter table ${sql.table(`explorer.${table}`)} rename column place to position`.execute(database);
    await renameWord(database, 'place', 'environment');
  },
};

/** Risk sums were called masses before, also in the trend. */
export const riskSumNames: Migration = {
  async up(database) {
    await renameWord(database, 'mass', 'risk_sum');
    await sql`update explorer.trend_point
      set point = point - 'mass' || jsonb_build_object('riskSum', point -> 'mass') where point ? 'mass'`.execute(
      database,
    );
  },
};

/** What changes a sum was called a shift before. */
export const deltaNames: Migration = {
  async up(database) {
    await renameWord(database, 'shift', 'delta');
  },
};

/** Of what was noted as touched before, only upgrades are left. */
export const dirtyUpgrades: Migration = {
  async up(database) {
    for (const statement of [
      `alter table explorer.touched rename to dirty_upgrade`,
      `alter table explorer.dirty_upgrade drop column kind`,
      `alter table explorer.dirty_upgrade rename column id to upgrade`,
      `alter index explorer.touched_id rename to dirty_upgrade_id`,
    ])
      await sql.raw(statement).execute(database);
  },
};

/** Renames every column, table, index and constraint of the explorer in whose name one word is another now. */
async function renameWord(database: Kysely<unknown>, from: string, to: string): Promise<void> {
  const word = `(?<![a-z])${from}(?![a-z])`;
  const { rows } = await sql<{ statement: string }>`
    select 1 as turn, format('alter table explorer.%I rename column %I to %I', table_name, column_name, regexp_replace(column_name, ${word}, ${to})) as statement
      from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_schema = 'explorer' and table_type = 'BASE TABLE' and column_name ~ ${word}
    union all
    select 2, format('alter %s explorer.%I rename to %I', case relkind when 'i' then 'index' else 'table' end, relname, regexp_replace(relname, ${word}, ${to}))
      from pg_class where relnamespace = 'explorer'::regnamespace and relkind in ('r', 'i') and relname ~ ${word}
    order by turn, statement`.execute(database);
  for (const { statement } of rows) await sql.raw(statement).execute(database);
}
