import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import { AppError, type SubjectId } from '#base/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { getImage, ImageDetail, ImageRow, ImageSort, listImages, VerdictTotals } from '../contract.ts';
import { explorerSchema } from './schema.ts';
import { containing } from './search.ts';
import type { ExplorerTables, ImageTable } from './tables.ts';
import { readUnscanned } from './unscanned.ts';

/** Unscanned targets that the images list carries along. */
const unscannedShown = 100;

/** Answers `listImages`. */
export async function readImages(queries: Queries, { query }: Pick<HandlerInput<typeof listImages>, 'query'>) {
  const totals = await verdictTotals(queries, query.search);
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('image_row')
    .select(rowColumns)
    .where((is) => matches(is, query.search))
    .$if(query.verdict !== undefined, (rest) => rest.where('state', '=', query.verdict ?? 'pending'))
    .orderBy(orders[query.sort])
    .orderBy('subject')
    .limit(query.limit)
    .offset(query.offset)
    .execute();
  return {
    total: query.verdict === undefined ? sumOf(totals) : totals[totalOf[query.verdict]],
    images: rows.map(toImageRow),
    totals,
    unscanned: await readUnscanned(queries, {
      query: { ...(query.search === undefined ? {} : { search: query.search }), limit: unscannedShown, offset: 0 },
    }),
  };
}

/** Answers `getImage`. Throws `not-found`. */
export async function readImage(
  queries: Queries,
  { params }: Pick<HandlerInput<typeof getImage>, 'params'>,
): Promise<ImageDetail> {
  const found = await queries
    .query(explorerSchema)
    .selectFrom('image_row')
    .innerJoin('image_document', 'image_document.subject', 'image_row.subject')
    .select(rowColumns)
    .select('image_document.document')
    .where('image_row.subject', '=', params.subject)
    .executeTakeFirst();
  if (found === undefined) throw unknownSubject(params.subject);
  const { document, ...row } = found;
  return { ...document, row: toImageRow(row) };
}

export function unknownSubject(subject: SubjectId): AppError {
  return new AppError('not-found', `Nothing was ever published of ${subject}.`);
}

/** The images scanned last. */
export async function readNewestImages(queries: Queries, count: number): Promise<readonly ImageRow[]> {
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('image_row')
    .select(rowColumns)
    .orderBy('scanned_at', 'desc')
    .orderBy('subject')
    .limit(count)
    .execute();
  return rows.map(toImageRow);
}

/** How many images under a search have which verdict. */
export async function verdictTotals(queries: Queries, search?: string): Promise<VerdictTotals> {
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('image_row')
    .select((is) => ['state', is.fn.countAll<number>().as('count')])
    .where((is) => matches(is, search))
    .groupBy('state')
    .execute();
  const totals = { pass: 0, fail: 0, cannotJudge: 0, pending: 0 };
  for (const row of rows) totals[totalOf[row.state]] = row.count;
  return totals;
}

const totalOf = {
  pass: 'pass',
  fail: 'fail',
  'cannot-judge': 'cannotJudge',
  pending: 'pending',
} as const;

export function sumOf(totals: VerdictTotals): number {
  return totals.pass + totals.fail + totals.cannotJudge + totals.pending;
}

function matches(is: ExpressionBuilder<ExplorerTables, 'image_row'>, search: string | undefined) {
  return search === undefined ? is.val(true) : is('search', 'like', containing(search));
}

const worstFirst = sql`worst desc nulls last, mass desc`;
const orders: Readonly<Record<ImageSort, typeof worstFirst>> = {
  risk: worstFirst,
  name: sql`label`,
  scanned: sql`scanned_at desc`,
  verdict: sql`array_position(array['fail', 'cannot-judge', 'pending', 'pass'], state), worst desc nulls last, mass desc`,
};

const rowColumns = [
  'image_row.subject',
  'image_row.kind',
  'image_row.names',
  'image_row.hosts',
  'image_row.distribution',
  'image_row.platform',
  'image_row.size',
  'image_row.packages',
  'image_row.counts',
  'image_row.faults',
  'image_row.verdict',
  'image_row.reason',
  'image_row.worst',
  'image_row.scanned_at',
  'image_row.judged_at',
  'image_row.scan',
] as const;

type SelectedColumns = (typeof rowColumns)[number] extends `image_row.${infer Column}` ? Column : never;

function toImageRow(row: Pick<Selectable<ImageTable>, SelectedColumns & keyof ImageTable>): ImageRow {
  const { distribution, platform, verdict, reason, worst, scanned_at, judged_at, ...same } = row;
  return {
    ...same,
    ...(distribution === null ? {} : { distribution }),
    ...(platform === null ? {} : { platform }),
    ...(verdict === null ? {} : { verdict }),
    ...(reason === null ? {} : { reason }),
    ...(worst === null ? {} : { worst }),
    scannedAt: scanned_at.toISOString(),
    ...(judged_at === null ? {} : { judgedAt: judged_at.toISOString() }),
  };
}
