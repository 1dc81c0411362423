import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { HandlerInput } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { FindingRow, listFindings, SeverityCounts } from '../contract.ts';
import { explorerSchema } from './schema.ts';
import { containing, storable, subjectsNamed } from './search.ts';
import { type CountedGroup, countsFromGroups, totalOfGroups } from './severity-counts.ts';
import type { ExplorerTables } from './tables.ts';

type Query = HandlerInput<typeof listFindings>['query'];
type Filters = Partial<Query>;

/** Answers `listFindings`: by risk, then severity, id, package, image. */
export async function readFindings(
  queries: Queries,
  { query }: Pick<HandlerInput<typeof listFindings>, 'query'>,
): Promise<{ readonly total: number; readonly findings: readonly FindingRow[]; readonly counts: SeverityCounts }> {
  const groups = await countFindings(queries, query);
  const page = queries
    .query(explorerSchema)
    .selectFrom('finding_row')
    .select(['subject', 'key', 'risk', 'severity', 'id', 'package'])
    .where('suppressed', '=', query.suppressed)
    .where((is) => is.and([...filters(is, query), ...severityFilter(is, query)]))
    .orderBy('risk', 'desc')
    .orderBy('severity')
    .orderBy('id')
    .orderBy('package')
    .orderBy('subject')
    .orderBy('key')
    .limit(query.limit)
    .offset(query.offset);
  const rows = await queries
    .query(explorerSchema)
    .with('page', () => page)
    .selectFrom('page')
    .innerJoin('finding_document as kept', (on) =>
      on.onRef('kept.subject', '=', 'page.subject').onRef('kept.key', '=', 'page.key'),
    )
    .innerJoin('image_row as image', 'image.subject', 'page.subject')
    .select(['page.subject', 'image.label', 'kept.finding'])
    .orderBy('page.risk', 'desc')
    .orderBy('page.severity')
    .orderBy('page.id')
    .orderBy('page.package')
    .orderBy('page.subject')
    .orderBy('page.key')
    .execute();
  return {
    total: totalOfGroups(groups, query),
    findings: rows.map(({ subject, label, finding }) => ({ subject, image: label, finding })),
    counts: countsFromGroups(groups),
  };
}

/** Counts under all filters but severity and suppression. */
export async function countFindings(queries: Queries, query: Filters): Promise<readonly CountedGroup[]> {
  return await queries
    .query(explorerSchema)
    .selectFrom('finding_row')
    .select((is) => ['suppressed', 'severity', is.fn.countAll<number>().as('count')])
    .where((is) => is.and(filters(is, query)))
    .groupBy(['suppressed', 'severity'])
    .execute();
}

type Builder = ExpressionBuilder<ExplorerTables, 'finding_row'>;

function severityFilter(is: Builder, query: Query): readonly Expression<SqlBool>[] {
  return query.severity === undefined ? [] : [is('severity', '=', severities.indexOf(query.severity))];
}

function filters(is: Builder, query: Filters): readonly Expression<SqlBool>[] {
  return [
    ...(query.search === undefined ? [] : [searched(query.search)]),
    ...(query.fix === undefined ? [] : [is('fixed', query.fix === 'available' ? 'is not' : 'is', null)]),
    ...(query.kev === undefined ? [] : [is('kev', '=', query.kev)]),
    ...(query.subject === undefined ? [] : [is('subject', '=', query.subject)]),
    ...(query.flaw === undefined ? [] : [is('id', '=', storable(query.flaw))]),
    ...(query.package === undefined ? [] : [is('package', '=', storable(query.package))]),
    ...(query.type === undefined ? [] : [is('type', '=', query.type)]),
    ...(query.layer === undefined ? [] : [is('layer', '=', query.layer)]),
  ];
}

/** A finding is found by its own names and by those of its image. */
function searched(search: string): Expression<SqlBool> {
  const pattern = containing(search);
  return sql<SqlBool>`(search like ${pattern} or subject = any(${subjectsNamed(pattern)}))`;
}
