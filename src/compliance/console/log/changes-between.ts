import { type Selectable, sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import { complianceSchema, type ComplianceTables } from '../schema.ts';

/** From which moment to which, of what. */
export interface AskedChanges {
  readonly from: Date;
  readonly to: Date;
  /** Ids of checks or questions; missing: all. */
  readonly checks?: readonly string[] | undefined;
  readonly hosts?: readonly string[] | undefined;
  readonly environment?: string | undefined;
  readonly application?: string | undefined;
}

interface Page {
  readonly limit: number;
  readonly offset: number;
}

export type ChangeRow = Selectable<ComplianceTables['transition']>;

/** Where something changed, and its row. */
export type ChangePlace = Pick<
  ChangeRow,
  'sequence' | 'received_at' | 'host' | 'kind' | 'name' | 'application' | 'environment'
>;

/** Changes of the asked checks and answers after one moment and until another, the newest first, a page at a time. */
export async function readChangesBetween(
  queries: Queries,
  { limit, offset, ...asked }: AskedChanges & Page,
): Promise<{ readonly changes: readonly ChangeRow[]; readonly total: number }> {
  const [changes, { total }] = await Promise.all([
    newestFirst(queries, asked).selectAll().limit(limit).offset(offset).execute(),
    matching(queries, asked)
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow(),
  ]);
  return { changes, total: Number(total) };
}

/** Where the newest of the same changes were, for who may see some of them: `readChangesOf` reads those. */
export async function readChangePlaces(
  queries: Queries,
  { limit, ...asked }: AskedChanges & Pick<Page, 'limit'>,
): Promise<readonly ChangePlace[]> {
  return await newestFirst(queries, asked)
    .select(['sequence', 'received_at', 'host', 'kind', 'name', 'application', 'environment'])
    .limit(limit)
    .execute();
}

/** The changes themselves, the newest first. */
export async function readChangesOf(
  queries: Queries,
  places: readonly Pick<ChangeRow, 'sequence' | 'received_at'>[],
): Promise<readonly ChangeRow[]> {
  const named = JSON.stringify(places.map(({ sequence, received_at }) => ({ sequence, received_at })));
  const { rows } = await sql<ChangeRow>`
    select transition.* from compliance.transition
    join json_to_recordset(${named}::json) as asked (sequence bigint, received_at timestamptz)
      using (sequence, received_at)
    order by received_at desc, sequence desc`.execute(queries.query(complianceSchema));
  return rows;
}

function newestFirst(queries: Queries, asked: AskedChanges) {
  return matching(queries, asked).orderBy('received_at', 'desc').orderBy('sequence', 'desc');
}

function matching(queries: Queries, { from, to, checks, hosts, environment, application }: AskedChanges) {
  return queries
    .query(complianceSchema)
    .selectFrom('transition')
    .where('received_at', '>', from)
    .where('received_at', '<=', to)
    .where('change', '=', 'changed')
    .$if(checks !== undefined, (all) => all.where('check_id', '=', sql<string>`any(${checks ?? []}::text[])`))
    .$if(hosts !== undefined, (all) => all.where('host', '=', sql<string>`any(${hosts ?? []}::text[])`))
    .$if(environment !== undefined, (all) =>
      environment === 'none' ? all.where('environment', 'is', null) : all.where('environment', '=', environment ?? ''),
    )
    .$if(application !== undefined, (all) => all.where('application', '=', application ?? ''));
}
