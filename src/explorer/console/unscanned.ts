import { sql } from 'kysely';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { listUnscanned, UnscannedRow } from '../contract.ts';
import { all } from './findings.ts';
import { explorerSchema } from './schema.ts';
import { type Viewer, visible } from './scope.ts';
import { containing } from './search.ts';

type UnscannedOnHost = ReplyOf<typeof listUnscanned>['hosts'][number];
type Input = Pick<HandlerInput<typeof listUnscanned>, 'query'> & { readonly principal?: Viewer };

/**
 * Answers `listUnscanned`: what could not be scanned, and what lies on a host and no scan speaks for. Which of both is
 * worked out when it is asked, so it is right whatever arrives first, the report or the scan. What could not be
 * scanned has no digest that collections could hold, so it is shown only to who may see everything.
 */
export async function readUnscanned(
  queries: Queries,
  { query, principal }: Input,
): Promise<{ readonly total: number; readonly targets: readonly UnscannedRow[] }> {
  const database = queries.query(explorerSchema);
  const targets = matching(query.search, principal);
  const counted = await sql<{ total: number }>`select count(*)::int as total from (${targets}) as t`.execute(database);
  const found = await sql<UnscannedRow>`
    select host, name, code, reason from (${targets}) as t
    order by code = 'scan-pending', host, name, reason, tie limit ${query.limit} offset ${query.offset}`.execute(
    database,
  );
  return { total: counted.rows[0]?.total ?? 0, targets: found.rows };
}

/** How many targets of each host have no scan, under the same search. */
export async function countUnscanned(
  queries: Queries,
  { query, principal }: Input,
): Promise<ReplyOf<typeof listUnscanned>['hosts']> {
  const { rows } = await sql<UnscannedOnHost>`
    select host, (count(*) filter (where code <> 'scan-pending'))::int as failed,
      (count(*) filter (where code = 'scan-pending'))::int as waiting
    from (${matching(query.search, principal)}) as t group by host order by host`.execute(
    queries.query(explorerSchema),
  );
  return rows;
}

function matching(search: string | undefined, viewer: Viewer) {
  const pattern = search === undefined ? '%' : containing(search);
  const whole = sql.lit(viewer?.collections === undefined);
  return sql`
    select host, name, code, reason, position::text as tie from explorer.unscanned_row
    where ${whole} and lower(host || E'\\n' || name || E'\\n' || reason || E'\\n' || code) like ${pattern}
    union all
    select host, coalesce(names[1], subject), 'scan-pending', 'It waits for its first scan.', subject
    from explorer.presence_row
    where ${all(visible(viewer))}
      and not exists (select from explorer.image_row where image_row.subject = presence_row.subject)
      and lower(host || E'\\n' || array_to_string(names, E'\\n') || E'\\n' || subject || E'\\nscan-pending') like ${pattern}`;
}
