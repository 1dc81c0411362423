import { type SqlBool, sql } from 'kysely';
import type { HandlerInput } from '#http/index.ts';
import { notComparedIn } from '#vulnerability/index.ts';
import type { listPackages, PackageRow } from '../contract.ts';
import { all } from './findings.ts';
import { unknownSubject } from './image-detail.ts';
import type { CatalogPackage } from './package-rows.ts';
import type { RefreshContext } from './refresh.ts';
import { explorerSchema } from './schema.ts';
import { maySee, type Viewer } from './scope.ts';
import { containing } from './search.ts';
import { type CountedGroup, countsFromGroups } from './severity-counts.ts';
import { readSubjectFacts, type SubjectFacts } from './subject-facts.ts';

type Input = Pick<HandlerInput<typeof listPackages>, 'params' | 'query'> & { readonly principal?: Viewer };

interface StoredPackage {
  readonly package: CatalogPackage;
  readonly groups: readonly CountedGroup[] | null;
  readonly seen: Date | null;
}

/** Answers `listPackages`: those with the highest risk first, then by name. Throws `not-found`. */
export async function readPackages(
  { store: queries, sources }: Pick<RefreshContext, 'store' | 'sources'>,
  { params, query, principal }: Input,
): Promise<{ readonly total: number; readonly packages: readonly PackageRow[] }> {
  const database = queries.query(explorerSchema);
  const image = (await maySee(queries, principal, params.subject))
    ? await database.selectFrom('image_row').select('number').where('subject', '=', params.subject).executeTakeFirst()
    : undefined;
  if (image === undefined) throw unknownSubject(params.subject);
  const matching = all([
    sql<SqlBool>`own.image = ${image.number}`,
    ...(query.search === undefined ? [] : [sql<SqlBool>`search like ${containing(query.search)}`]),
    ...(query.type === undefined ? [] : [sql<SqlBool>`type = ${query.type}`]),
    ...(query.layer === undefined ? [] : [sql<SqlBool>`own.layer = ${query.layer}`]),
  ]);
  const counted = await sql<{ total: number }>`
    select count(*)::int as total from explorer.package_row as own where ${matching}`.execute(database);
  const { rows } = await sql<StoredPackage>`
    with grouped as (
      select purl, layer, held.suppressed, held.severity, count(*)::int as count,
        max(risk) filter (where not held.suppressed) as worst
      from explorer.finding_environment as held join explorer.finding using (key)
      where image = ${image.number} and environment = '*' group by purl, layer, held.suppressed, held.severity),
    counted as (
      select purl, layer, max(worst) as worst,
        jsonb_agg(jsonb_build_object('suppressed', suppressed, 'severity', severity, 'count', count)) as groups
      from grouped group by purl, layer)
    select package, groups, used.seen
    from explorer.package_row as own left join counted using (purl, layer)
      left join explorer.used_package as used on used.image = own.image and used.environment = '*' and used.purl = own.purl
        and used.layer = own.layer
    where ${matching} order by worst desc nulls last, own.position limit ${query.limit} offset ${query.offset}`.execute(
    database,
  );
  const notCompared = notComparedBy(await readSubjectFacts(queries, params.subject, { sources }));
  return { total: counted.rows[0]?.total ?? 0, packages: rows.map((row) => toPackageRow(row, notCompared)) };
}

type Reason = (one: Pick<CatalogPackage, 'purl' | 'layer'>) => PackageRow['notCompared'];

function notComparedBy(facts: SubjectFacts | undefined): Reason {
  const catalog = facts?.scan?.catalog;
  if (catalog === undefined) return () => 'not-matched';
  const reasonOf = notComparedIn(catalog, facts?.match);
  const byKey = new Map(catalog.packages.map((one) => [`${one.layer} ${one.purl}`, one]));
  return ({ purl, layer }) => {
    const one = byKey.get(`${layer} ${purl}`);
    return one === undefined ? 'not-matched' : reasonOf(one);
  };
}

function toPackageRow({ package: known, groups, seen }: StoredPackage, reasonOf: Reason): PackageRow {
  const notCompared = reasonOf(known);
  return {
    ...known,
    ...(seen === null ? {} : { inUse: seen.toISOString() }),
    counts: countsFromGroups(groups ?? []),
    ...(notCompared === undefined ? {} : { notCompared }),
  };
}
