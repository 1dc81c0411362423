import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { Finding } from '#vulnerability/index.ts';
import type { FindingRow, listFindings, SeverityCounts } from '../contract.ts';
import {
  type FindingChoice,
  findingConditions,
  ofSubject,
  plainConditions,
  severityCondition,
} from './finding-filters.ts';
import { readPlacements } from './placements.ts';
import { attribute } from './risk-rows.ts';
import { explorerSchema } from './schema.ts';
import { inScope, readScope, type Scope, type Viewer } from './scope.ts';
import { type CountedGroup, countsFromGroups, totalOfGroups } from './severity-counts.ts';
import type { ImageNumber } from './tables.ts';

type Query = HandlerInput<typeof listFindings>['query'];

/** Answers `listFindings`: by risk, then severity. */
export async function readFindings(
  queries: Queries,
  { query, principal }: { readonly query: Query; readonly principal?: Viewer },
): Promise<{ readonly total: number; readonly findings: readonly FindingRow[]; readonly counts: SeverityCounts }> {
  const scope = await readScope(queries, query, principal);
  const groups = await countFindings(queries, scope, query);
  return {
    total: totalOfGroups(groups, query),
    findings: await readPage(queries, scope, query),
    counts: countsFromGroups(groups),
  };
}

/** Counts under all filters but severity and suppression. What can be asked of kept counts is. */
async function countFindings(queries: Queries, scope: Scope, choice: FindingChoice): Promise<readonly CountedGroup[]> {
  const { search, vulnerability, package: name, layer, fromLayer, belowLayer, type } = choice;
  const kept = [search, vulnerability, name, layer, fromLayer, belowLayer].every((one) => one === undefined);
  const conditions = [inScope(scope), ...plainConditions(choice), ...ofSubject(choice)];
  const typed = type === undefined ? [] : [sql<SqlBool>`type = ${type}`];
  const source = kept
    ? sql`select suppressed, severity, sum(count)::int as count from explorer.finding_count where ${all([...conditions, ...typed])}`
    : sql`select suppressed, severity, count(*)::int as count from explorer.finding_environment
        where ${all([...conditions, ...findingConditions(choice)])}`;
  const { rows } = await sql<CountedGroup>`${source} group by suppressed, severity`.execute(
    queries.query(explorerSchema),
  );
  return rows;
}

interface PageRow {
  readonly image: ImageNumber;
  readonly subject: SubjectId;
  readonly label: string;
  readonly finding: Finding;
  readonly seen: Date | null;
  readonly scanned_at: Date;
}

async function readPage(queries: Queries, scope: Scope, query: Query): Promise<readonly FindingRow[]> {
  const conditions = [
    inScope(scope),
    sql<SqlBool>`suppressed = ${query.suppressed}`,
    ...severityCondition(query.severity),
    ...plainConditions(query),
    ...ofSubject(query),
    ...findingConditions(query),
  ];
  const { rows } = await sql<PageRow>`
    with page as (
      select image, key, vulnerability, risk, severity from explorer.finding_environment where ${all(conditions)}
      order by risk desc, severity, vulnerability, image, key limit ${query.limit} offset ${query.offset})
    select page.image, row.subject, row.label, finding.document as finding, seen.at as seen, row.scanned_at
    from page join explorer.finding using (key) join explorer.image_row as row on row.number = page.image
      left join explorer.finding_seen as seen on seen.image = page.image and seen.vulnerability = page.vulnerability
    order by page.risk desc, page.severity, page.vulnerability, page.image, page.key`.execute(
    queries.query(explorerSchema),
  );
  const scored = await attribute(queries, scope.environment, rows);
  const placements = await readPlacements(
    queries,
    rows.map((row) => row.image),
  );
  return scored.map(({ image, subject, label, finding, risk, inUse, seen, scanned_at }) => ({
    subject,
    image: label,
    finding: { ...finding, risk },
    placements: placements.get(image) ?? [],
    ...(inUse === undefined ? {} : { inUse }),
    firstSeenAt: (seen ?? scanned_at).toISOString(),
  }));
}

/** All conditions together. */
export function all(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return conditions.length === 0 ? sql`true` : sql`${sql.join(conditions, sql` and `)}`;
}
