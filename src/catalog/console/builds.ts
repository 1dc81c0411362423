import { type RawBuilder, sql } from 'kysely';
import type { Subject } from '#image/index.ts';
import type { Queries } from '#store/index.ts';
import { publisherColumn, recordColumns, type RecordRow, type ScanRecord, toRecord } from './scans.ts';
import { catalogSchema } from './schema.ts';

/** Which builds: all that is given must hold. */
export interface BuildFilter {
  readonly job?: string;
  /** `registry.example/shop/web`. */
  readonly repository?: string;
  readonly target?: string;
  readonly application?: string;
}

/** Scans that builds published, newest first: those with a job, unless a target or repository names them. */
export async function listBuilds(
  queries: Queries,
  filter: BuildFilter,
  options: { readonly limit: number },
): Promise<readonly ScanRecord[]> {
  const { job, repository, target, application } = filter;
  return await readBuilds(
    queries,
    [
      ...(job === undefined ? [] : [sql`job_name = ${job}`]),
      ...(repository === undefined ? [] : [sql`repositories @> ${[repository]}::text[]`]),
      ...(target === undefined ? [] : [sql`target = ${target}`]),
      ...(application === undefined ? [] : [sql`application = ${application}`]),
      ...(repository === undefined && target === undefined ? [sql`job_name is not null`] : []),
    ],
    options.limit,
  );
}

/**
 * The build before a scan: the newest earlier scan of another subject by the same job and of one of the same
 * repositories, or of the same job where no repository is known; without a job, of the same repository or target.
 */
export async function previousBuild(
  queries: Queries,
  { scan }: Pick<ScanRecord, 'scan'>,
): Promise<ScanRecord | undefined> {
  const row = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .select(['subject', 'sequence', 'job_name', 'repositories', 'target'])
    .where('id', '=', scan)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const earlier = [sql`sequence < ${row.sequence}`, sql`subject <> ${row.subject}`];
  const named = sql`repositories && ${row.repositories}::text[]`;
  const [found] = await readBuilds(queries, [...earlier, ...likeIt(row, named)], 1);
  return found;
}

function likeIt(
  row: { readonly job_name: string | null; readonly repositories: readonly string[]; readonly target: string },
  named: RawBuilder<unknown>,
): readonly RawBuilder<unknown>[] {
  const job = row.job_name === null ? [] : [sql`job_name = ${row.job_name}`];
  if (row.repositories.length > 0) return [...job, named];
  return job.length > 0 ? job : [sql`target = ${row.target}`];
}

/** A scan of an image that a build published, and how that describes the image. */
export interface ImageBuild extends ScanRecord {
  readonly image: Extract<Subject, { readonly kind: 'image' }>;
}

/** The newest builds of images since then, and how many more there are. */
export async function recentBuilds(
  queries: Queries,
  { since, limit }: { readonly since: Date; readonly limit: number },
): Promise<{ readonly builds: readonly ImageBuild[]; readonly more: number }> {
  const { rows } = await sql<RecordRow & { readonly described: Subject; readonly all: string }>`
    select ${sql.join(recordColumns.map((column) => sql.ref(column)))}, described, count(*) over () as all
    from catalog.scan
    where received_at >= ${since} and ${sql.ref(publisherColumn)} ->> 'kind' = 'token'
      and described ->> 'kind' = 'image'
    order by sequence desc limit ${limit}`.execute(queries.query(catalogSchema));
  const builds = rows.flatMap((row) =>
    row.described.kind === 'image' ? [{ ...toRecord(row), image: row.described }] : [],
  );
  return { builds, more: Number(rows[0]?.all ?? 0) - rows.length };
}

async function readBuilds(
  queries: Queries,
  conditions: readonly RawBuilder<unknown>[],
  limit: number,
): Promise<readonly ScanRecord[]> {
  const { rows } = await sql<RecordRow>`
    select ${sql.join(recordColumns.map((column) => sql.ref(column)))} from catalog.scan
    where ${sql.join(conditions, sql` and `)}
    order by sequence desc limit ${limit}`.execute(queries.query(catalogSchema));
  return rows.map(toRecord);
}
