import pg from 'pg';
import { AppError } from '#base/index.ts';

/** A table with rows of its own. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** How to make what a store consists of: `before` its rows come in, and `after`. */
export interface Definitions {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly tables: readonly (TableName & { readonly columns: readonly string[] })[];
  readonly sequences: readonly (TableName & { readonly value: string; readonly isCalled: boolean })[];
}

type Rows = readonly Readonly<Record<string, string>>[];

/** Schemas of the store: those that migrations are written down for, and that of jobs. */
export async function schemasOf(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ nspname: string }>(`
    select nspname from pg_namespace
    where nspname in ('store', 'jobs') or nspname in (select domain from store.migration) order by nspname`);
  return rows.map(({ nspname }) => nspname);
}

/** Tables with rows of their own, by schema and name. */
export async function tablesOf(client: pg.Client, schemas: readonly string[]): Promise<readonly TableName[]> {
  const { rows } = await client.query<TableName & { kind: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind = 'r' order by 1, 2`,
    [schemas],
  );
  return rows;
}

/**
 * Reads definitions from PostgreSQL's catalogue, in the form that it gives itself. Throws `AppError` `store-unavailable` for
 * a store that holds what a backup would leave out.
 */
export async function readDefinitions(client: pg.Client, schemas: readonly string[]): Promise<Definitions> {
  await refuseUnknown(client, schemas);
  const all = async (text: string): Promise<Rows> => (await client.query(text, [schemas])).rows;
  const lines = async (text: string): Promise<readonly string[]> => (await all(text)).map(({ line = '' }) => line);
  return {
    before: [
      ...schemas.map((schema) => `create schema if not exists ${pg.escapeIdentifier(schema)}`),
      ...(await lines(enums)),
      ...(await lines(sequencesAlone)),
      ...(await lines(functions)),
      ...tableStatements(await all(tables), await all(columns), await all(checks)),
    ],
    after: [
      ...(await lines(attachedTables)),
      ...(await lines(indexes)),
      ...(await lines(keys)),
      ...(await lines(attachedIndexes)),
      ...(await lines(ownedSequences)),
      ...(await lines(foreignKeys)),
      ...(await lines(triggers)),
    ],
    tables: filled(await all(tables), await all(columns)),
    sequences: await sequenceValues(client, schemas),
  };
}

async function refuseUnknown(client: pg.Client, schemas: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ what: string }>(unknown, [schemas]);
  const [first] = rows;
  if (first === undefined) return;
  throw new AppError('store-unavailable', `A backup cannot hold ${first.what}, which the store has.`, {
    next: 'Remove it if it is not of Seawall; else report this.',
  });
}

function keyOf({ schema = '', name = '' }: Readonly<Record<string, string>>): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
}

function tableStatements(tableRows: Rows, columnRows: Rows, checkRows: Rows): readonly string[] {
  const [parts, ofCheck] = [grouped(columnRows), grouped(checkRows)];
  return tableRows.map((table) => {
    const name = keyOf(table);
    const lines = [...(parts.get(name) ?? []), ...(ofCheck.get(name) ?? [])].map(({ line }) => line);
    return `create table ${name} (${lines.join(', ')})${table['partition'] ?? ''}${table['options'] ?? ''}`;
  });
}

function filled(tableRows: Rows, columnRows: Rows): Definitions['tables'] {
  const parts = grouped(columnRows);
  return tableRows
    .filter(({ partition }) => partition === '')
    .map((table) => {
      const columns = (parts.get(keyOf(table)) ?? []).filter(({ generated }) => generated === '');
      const { schema = '', name = '' } = table;
      return { schema, name, columns: columns.map(({ column = '' }) => column) };
    });
}

function grouped(rows: Rows): ReadonlyMap<string, Rows> {
  return Map.groupBy(rows, keyOf);
}

/** Their values are outside of all snapshots: never below what the rows of this one hold. */
async function sequenceValues(client: pg.Client, schemas: readonly string[]): Promise<Definitions['sequences']> {
  const { rows } = await client.query<TableName>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind = 'S' order by 1, 2`,
    [schemas],
  );
  const values: Definitions['sequences'][number][] = [];
  for (const { schema, name } of rows) {
    const { rows: found } = await client.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${keyOf({ schema, name })}`,
    );
    for (const { value, called } of found) values.push({ schema, name, value, isCalled: called });
  }
  return values;
}

const inSchemas = 'join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1)';

const unknown = `
  select format('%s %I.%I', case c.relkind when 'v' then 'the view' when 'm' then 'the view'
    when 'f' then 'the foreign table' when 'c' then 'the type' else 'the unlogged table' end, n.nspname, c.relname) as what
  from pg_class c ${inSchemas} and (c.relkind in ('v', 'm', 'f', 'c') or (c.relkind = 'r' and c.relpersistence <> 'p'))
  union all select format('the type %I.%I', n.nspname, t.typname)
  from pg_type t join pg_namespace n on n.oid = t.typnamespace where n.nspname = any($1) and t.typtype in ('d', 'r', 'm')
  union all select format('the aggregate %I.%I', n.nspname, p.proname)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = any($1) and p.prokind in ('a', 'w')
  union all select format('the policy %I of %I.%I', p.polname, n.nspname, c.relname)
  from pg_policy p join pg_class c on c.oid = p.polrelid ${inSchemas}
  union all select format('the rule %I of %I.%I', r.rulename, n.nspname, c.relname)
  from pg_rewrite r join pg_class c on c.oid = r.ev_class ${inSchemas} and c.relkind in ('r', 'p')
  union all select format('the statistics %I.%I', n.nspname, c.stxname)
  from pg_statistic_ext c join pg_namespace n on n.oid = c.stxnamespace where n.nspname = any($1)
  union all select format('the inheriting table %I.%I', n.nspname, c.relname)
  from pg_class c join pg_inherits i on i.inhrelid = c.oid ${inSchemas} and c.relkind = 'r' and not c.relispartition
  limit 1`;

const enums = `
  select format('create type %I.%I as enum (%s)', n.nspname, t.typname,
    (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid)) as line
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where n.nspname = any($1) and t.typtype = 'e' order by n.nspname, t.typname`;

const sequenceOptions = `format('as %s increment %s minvalue %s maxvalue %s start %s cache %s%s', format_type(s.seqtypid, null),
  s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache, case when s.seqcycle then ' cycle' else '' end)`;

/** Those of identity columns are made with their tables. */
const sequencesAlone = `
  select format('create sequence %I.%I %s', n.nspname, c.relname, ${sequenceOptions}) as line
  from pg_sequence s join pg_class c on c.oid = s.seqrelid ${inSchemas}
    and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'i')
  order by n.nspname, c.relname`;

/** Their bodies may name tables that come later: `check_function_bodies` is off when they are made. */
const functions = `
  select pg_get_functiondef(p.oid) as line from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = any($1) order by p.oid`;

const tables = `
  select n.nspname as schema, c.relname as name,
    case when c.relkind = 'p' then ' partition by ' || pg_get_partkeydef(c.oid) else '' end as partition,
    coalesce((select ' with (' || string_agg(format('%I=%L', option_name, option_value), ', ') || ')'
      from pg_options_to_table(c.reloptions)), '') as options
  from pg_class c ${inSchemas} and c.relkind in ('r', 'p') order by n.nspname, c.relname`;

const columns = `
  select n.nspname as schema, c.relname as name, a.attname as column, a.attgenerated as generated,
    format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
    || coalesce((select format(' collate %I.%I', cn.nspname, co.collname) from pg_collation co
      join pg_namespace cn on cn.oid = co.collnamespace join pg_type t on t.oid = a.atttypid
      where co.oid = a.attcollation and a.attcollation <> t.typcollation), '')
    || case when a.attgenerated = 's' then format(' generated always as (%s) stored', pg_get_expr(d.adbin, d.adrelid))
      when a.attgenerated = 'v' then format(' generated always as (%s) virtual', pg_get_expr(d.adbin, d.adrelid))
      when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end
    || case when a.attidentity = '' then '' else coalesce((select format(' generated %s as identity (sequence name %I.%I %s)',
      case a.attidentity when 'a' then 'always' else 'by default' end, sn.nspname, sc.relname,
      replace(${sequenceOptions}, format('as %s ', format_type(s.seqtypid, null)), ''))
      from pg_depend dep join pg_class sc on sc.oid = dep.objid and sc.relkind = 'S' join pg_sequence s on s.seqrelid = sc.oid
        join pg_namespace sn on sn.oid = sc.relnamespace
      where dep.refobjid = c.oid and dep.refobjsubid = a.attnum and dep.deptype = 'i'
        and dep.classid = 'pg_class'::regclass), '') end
    || case when a.attnotnull then ' not null' else '' end as line
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum ${inSchemas}
    and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped order by n.nspname, c.relname, a.attnum`;

const checks = `
  select n.nspname as schema, c.relname as name, format('constraint %I %s', con.conname, pg_get_constraintdef(con.oid)) as line
  from pg_constraint con join pg_class c on c.oid = con.conrelid ${inSchemas} and con.contype = 'c'
  order by n.nspname, c.relname, con.conname`;

/** Of a partitioned table without its partitions: theirs are attached afterwards. */
const indexes = `
  select pg_get_indexdef(i.indexrelid) as line
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_class ic on ic.oid = i.indexrelid ${inSchemas}
    and not exists (select from pg_constraint con where con.conindid = i.indexrelid and con.contype in ('p', 'u', 'x'))
  order by n.nspname, c.relname, ic.relname`;

const keys = `
  select format('alter table only %I.%I add constraint %I %s', n.nspname, c.relname, con.conname,
    pg_get_constraintdef(con.oid)) as line
  from pg_constraint con join pg_class c on c.oid = con.conrelid ${inSchemas} and con.contype in ('p', 'u', 'x')
  order by n.nspname, c.relname, con.conname`;

const attachedTables = `
  select format('alter table only %s attach partition %I.%I %s', i.inhparent::regclass, n.nspname, c.relname,
    pg_get_expr(c.relpartbound, c.oid)) as line
  from pg_class c join pg_inherits i on i.inhrelid = c.oid ${inSchemas} and c.relkind in ('r', 'p') and c.relispartition
  order by n.nspname, c.relname`;

const attachedIndexes = `
  select format('alter index %s attach partition %s', i.inhparent::regclass, i.inhrelid::regclass) as line
  from pg_inherits i join pg_class c on c.oid = i.inhrelid ${inSchemas} and c.relkind in ('i', 'I')
  order by n.nspname, c.relname`;

const ownedSequences = `
  select format('alter sequence %I.%I owned by %s.%I', n.nspname, c.relname, d.refobjid::regclass, a.attname) as line
  from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'S' and d.deptype = 'a'
    and d.classid = 'pg_class'::regclass and d.refobjsubid > 0
  join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid ${inSchemas} order by n.nspname, c.relname`;

/** Those of partitions come with those of what they are part of. */
const foreignKeys = `
  select format('alter table %I.%I add constraint %I %s', n.nspname, c.relname, con.conname,
    pg_get_constraintdef(con.oid)) as line
  from pg_constraint con join pg_class c on c.oid = con.conrelid ${inSchemas} and con.contype = 'f' and con.conparentid = 0
  order by n.nspname, c.relname, con.conname`;

const triggers = `
  select pg_get_triggerdef(t.oid) as line from pg_trigger t join pg_class c on c.oid = t.tgrelid ${inSchemas}
    and not t.tgisinternal and t.tgparentid = 0 order by n.nspname, c.relname, t.tgname`;
