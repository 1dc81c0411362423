import { type Expression, type ExpressionBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { HandlerInput } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { listFlaws, RankedFlaw, SeverityCounts } from '../contract.ts';
import { explorerSchema } from './schema.ts';
import { containing, subjectsNamed } from './search.ts';
import { type CountedGroup, countsFromGroups, totalOfGroups } from './severity-counts.ts';
import type { ExplorerTables, FlawTable } from './tables.ts';

type Query = HandlerInput<typeof listFlaws>['query'];

/** Versions that a row names. */
const versionsShown = 20;

/** Answers `listFlaws`: by risk, then severity, id, package, type. */
export async function readFlaws(
  queries: Queries,
  { query }: Pick<HandlerInput<typeof listFlaws>, 'query'>,
): Promise<{ readonly total: number; readonly flaws: readonly RankedFlaw[]; readonly counts: SeverityCounts }> {
  const groups = await countFlaws(queries, query);
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('flaw')
    .selectAll()
    .select(pointsOfWorst)
    .where('suppressed', '=', query.suppressed)
    .where((is) => is.and([...filters(is, query), ...severityFilter(is, query)]))
    .orderBy('risk', 'desc')
    .orderBy('severity')
    .orderBy('id')
    .orderBy('package')
    .orderBy('type')
    .limit(query.limit)
    .offset(query.offset)
    .execute();
  return { total: totalOfGroups(groups, query), flaws: rows.map(toRankedFlaw), counts: countsFromGroups(groups) };
}

/** Flaws under all filters but severity and suppression. */
export async function countFlaws(
  queries: Queries,
  query: Pick<Query, 'search' | 'fix' | 'kev' | 'type'>,
): Promise<readonly CountedGroup[]> {
  return await queries
    .query(explorerSchema)
    .selectFrom('flaw')
    .select((is) => ['suppressed', 'severity', is.fn.countAll<number>().as('count')])
    .where((is) => is.and(filters(is, query)))
    .groupBy(['suppressed', 'severity'])
    .execute();
}

type Builder = ExpressionBuilder<ExplorerTables, 'flaw'>;

function severityFilter(is: Builder, query: Query): readonly Expression<SqlBool>[] {
  return query.severity === undefined ? [] : [is('severity', '=', severities.indexOf(query.severity))];
}

function filters(is: Builder, query: Pick<Query, 'search' | 'fix' | 'kev' | 'type'>): readonly Expression<SqlBool>[] {
  return [
    ...(query.search === undefined ? [] : [searched(query.search)]),
    ...(query.fix === undefined ? [] : [is('fixes', query.fix === 'available' ? '!=' : '=', sql<string[]>`'{}'`)]),
    ...(query.kev === undefined ? [] : [is('kev', '=', query.kev)]),
    ...(query.type === undefined ? [] : [is('type', '=', query.type)]),
  ];
}

/** A flaw is found by its own names and by those of the images that hold it. */
function searched(search: string): Expression<SqlBool> {
  const pattern = containing(search);
  return sql<SqlBool>`(
    search like ${pattern}
    or (id, package, type, suppressed) in (select id, package, type, suppressed from explorer.finding_row
      where subject = any(${subjectsNamed(pattern)})))`;
}

/** Points of a flaw's finding with the highest risk, the first that `listFindings` names. Rows and documents are written together. */
const pointsOfWorst = sql<RankedFlaw['points']>`(
  select kept.finding -> 'risk' -> 'points' from explorer.finding_document as kept
    join (select subject, key from explorer.finding_row as held
      where held.id = flaw.id and held.package = flaw.package and held.type = flaw.type
        and held.suppressed = flaw.suppressed
      order by risk desc, severity, subject, key limit 1) as worst using (subject, key))`.as('points');

function toRankedFlaw(row: Selectable<FlawTable> & Pick<RankedFlaw, 'points'>): RankedFlaw {
  const [fixed, other] = row.fixes;
  return {
    id: row.id,
    package: row.package,
    type: row.type,
    severity: severities[row.severity] ?? 'unrated',
    ...(row.score === null ? {} : { score: row.score }),
    risk: row.risk,
    points: row.points,
    ...(row.epss === null ? {} : { epss: row.epss }),
    kev: row.kev,
    ...(fixed === undefined || other !== undefined ? {} : { fixed }),
    fixes: row.fixes.slice(0, versionsShown),
    installed: row.installed.slice(0, versionsShown),
    images: row.images,
    findings: row.findings,
    suppressed: row.suppressed,
  };
}
