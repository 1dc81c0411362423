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
  readonly limit: number;
  readonly offset: number;
}

export type ChangeRow = Selectable<ComplianceTables['transition']>;

/** Changes of the asked checks and answers after one moment and until another, the newest first, a page at a time. */
export async function readChangesBetween(
  queries: Queries,
  { from, to, checks, hosts, environment, application, limit, offset }: AskedChanges,
): Promise<{ readonly changes: readonly ChangeRow[]; readonly total: number }> {
  const matching = queries
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
  const changes = await matching
    .selectAll()
    .orderBy('received_at', 'desc')
    .orderBy('sequence', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
  const { total } = await matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { changes, total };
}
