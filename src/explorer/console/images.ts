import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { VerdictKind } from '#policy/index.ts';
import type { Queries } from '#store/index.ts';
import type { ImageRow, ImageSort, ImageState, listImages, SeverityCounts, VerdictTotals } from '../contract.ts';
import { all } from './findings.ts';
import { readPlacements } from './placements.ts';
import { explorerSchema } from './schema.ts';
import { readScope, type Scope, type Viewer } from './scope.ts';
import { containing } from './search.ts';
import type { ImageNumber } from './tables.ts';
import { readUnscanned } from './unscanned.ts';

/** Unscanned targets that the images list carries along. */
const unscannedShown = 100;

/** Answers `listImages`. */
export async function readImages(
  queries: Queries,
  { query, principal }: { readonly query: HandlerInput<typeof listImages>['query']; readonly principal?: Viewer },
) {
  const scope = await readScope(queries, query, principal);
  const totals = await verdictTotals(queries, scope, query.search);
  const state = query.verdict === undefined ? [] : [sql<SqlBool>`state = ${query.verdict}`];
  return {
    total: query.verdict === undefined ? sumOf(totals) : totals[totalOf[query.verdict]],
    images: await readRows(queries, {
      conditions: [...conditionsOf(scope, query.search), ...state],
      order: orders[query.sort],
      limit: query.limit,
      offset: query.offset,
    }),
    totals,
    unscanned: await readUnscanned(queries, {
      query: { ...(query.search === undefined ? {} : { search: query.search }), limit: unscannedShown, offset: 0 },
      principal,
    }),
  };
}

/** How many images of a scope and under a search have which verdict. */
async function verdictTotals(queries: Queries, scope: Scope, search?: string): Promise<VerdictTotals> {
  const { rows } = await sql<{ state: ImageState; count: number }>`
    select state, count(*)::int as count
    from explorer.image_environment join explorer.image_row as image on number = image_environment.image
    where ${all(conditionsOf(scope, search))} group by state`.execute(queries.query(explorerSchema));
  const totals = { pass: 0, fail: 0, cannotJudge: 0, pending: 0 };
  for (const row of rows) totals[totalOf[row.state]] = row.count;
  return totals;
}

export const totalOf = {
  pass: 'pass',
  fail: 'fail',
  'cannot-judge': 'cannotJudge',
  pending: 'pending',
} as const;

export function sumOf(totals: VerdictTotals): number {
  return totals.pass + totals.fail + totals.cannotJudge + totals.pending;
}

function conditionsOf({ environment, images }: Scope, search: string | undefined): readonly RawBuilder<SqlBool>[] {
  return [
    sql`image_environment.environment = ${environment}`,
    ...(images === undefined ? [] : [sql<SqlBool>`number = any(${images}::int[])`]),
    ...(search === undefined ? [] : [sql<SqlBool>`search like ${containing(search)}`]),
  ];
}

/** The images of a scope that were scanned last. */
export async function readNewestImages(queries: Queries, scope: Scope, limit: number): Promise<readonly ImageRow[]> {
  return await readRows(queries, {
    conditions: [...conditionsOf(scope, undefined), sql<SqlBool>`kind = 'image'`],
    order: orders.scanned,
    limit,
    offset: 0,
  });
}

/** The line of one image over all environments. */
export async function readImageRow(queries: Queries, subject: SubjectId): Promise<ImageRow | undefined> {
  const conditions = [sql<SqlBool>`image_environment.environment = '*'`, sql<SqlBool>`subject = ${subject}`];
  return (await readRows(queries, { conditions, order: orders.name, limit: 1, offset: 0 }))[0];
}

const worstFirst = sql`worst desc nulls last, risk_sum desc`;
const orders: Readonly<Record<ImageSort, RawBuilder<unknown>>> = {
  risk: worstFirst,
  name: sql`label`,
  scanned: sql`scanned_at desc`,
  verdict: sql`array_position(array['fail', 'cannot-judge', 'pending', 'pass'], state), ${worstFirst}`,
};

interface Wanted {
  readonly conditions: readonly RawBuilder<SqlBool>[];
  readonly order: RawBuilder<unknown>;
  readonly limit: number;
  readonly offset: number;
}

interface StoredRow {
  readonly number: ImageNumber;
  readonly subject: SubjectId;
  readonly kind: ImageRow['kind'];
  readonly names: readonly string[];
  readonly hosts: readonly string[];
  readonly applications: readonly string[];
  readonly differs: boolean;
  readonly distribution: string | null;
  readonly platform: string | null;
  readonly size: number;
  readonly packages: number;
  readonly counts: SeverityCounts;
  readonly faults: number;
  readonly verdict: VerdictKind | null;
  readonly reason: string | null;
  readonly worst: number | null;
  readonly scanned_at: Date;
  readonly judged_at: Date | null;
  readonly scan: ScanId;
}

async function readRows(queries: Queries, { conditions, order, limit, offset }: Wanted): Promise<readonly ImageRow[]> {
  const { rows } = await sql<StoredRow>`
    select number, subject, kind, names, image.hosts, differs, distribution, platform, size, packages, counts, faults,
      verdict, case when verdict is null then image.reason else image_environment.reason end as reason, worst, scanned_at,
      judged_at, scan, array(select name from explorer.application_row as own where own.subject = image.subject
        order by name) as applications
    from explorer.image_environment join explorer.image_row as image on number = image_environment.image
    where ${all(conditions)} order by ${order}, subject limit ${limit} offset ${offset}`.execute(
    queries.query(explorerSchema),
  );
  const placements = await readPlacements(
    queries,
    rows.map((row) => row.number),
  );
  return rows.map((row) => toImageRow(row, placements.get(row.number) ?? []));
}

function toImageRow(row: StoredRow, placements: ImageRow['placements']): ImageRow {
  const { number: _number, distribution, platform, verdict, reason, worst, scanned_at, judged_at, ...same } = row;
  return {
    ...same,
    placements,
    ...(distribution === null ? {} : { distribution }),
    ...(platform === null ? {} : { platform }),
    ...(verdict === null ? {} : { verdict }),
    ...(reason === null ? {} : { reason }),
    ...(worst === null ? {} : { worst }),
    scannedAt: scanned_at.toISOString(),
    ...(judged_at === null ? {} : { judgedAt: judged_at.toISOString() }),
  };
}
