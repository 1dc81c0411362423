import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { PackageType } from '#catalog/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { EstateUpgrade, listUpgrades } from '../contract.ts';
import { all } from './findings.ts';
import { explorerSchema } from './schema.ts';
import { readScope, type Scope, type Viewer } from './scope.ts';
import { containing } from './search.ts';
import { upgradesWhere } from './sums.ts';
import type { UpgradeTable } from './tables.ts';

type Query = HandlerInput<typeof listUpgrades>['query'];

/** Answers `listUpgrades`. */
export async function readUpgrades(
  queries: Queries,
  { query, principal }: { readonly query: Query; readonly principal?: Viewer },
): Promise<{ readonly total: number; readonly upgrades: readonly EstateUpgrade[] }> {
  const scope = await readScope(queries, query, principal);
  const source = sql`${upgradesIn(scope)} as upgrade where ${all(conditionsOf(scope, query))}`;
  const counted = await sql<{ total: number }>`select count(*)::int as total from ${source}`.execute(
    queries.query(explorerSchema),
  );
  return { total: counted.rows[0]?.total ?? 0, upgrades: await readPage(queries, scope, { source, ...query }) };
}

/** The upgrades of a scope that remove the most. */
export async function readTopUpgrades(
  queries: Queries,
  scope: Scope,
  limit: number,
): Promise<readonly EstateUpgrade[]> {
  const source = sql`${upgradesIn(scope)} as upgrade where environment = ${scope.environment}`;
  return await readPage(queries, scope, { source, limit, offset: 0 });
}

/** Sums are kept for environments; for a narrower part they are made when it is asked for. */
function upgradesIn({ environment, images }: Scope): RawBuilder<unknown> {
  if (images === undefined) return sql`explorer.upgrade`;
  return sql`(${upgradesWhere(sql`environment = ${environment} and own.image = any(${images}::int[])`)})`;
}

function conditionsOf({ environment }: Scope, { search, type }: Pick<Query, 'search' | 'type'>): RawBuilder<SqlBool>[] {
  return [
    sql`environment = ${environment}`,
    ...(search === undefined ? [] : [sql<SqlBool>`lower(package) like ${containing(search)}`]),
    ...(type === undefined ? [] : [sql<SqlBool>`type = ${type}`]),
  ];
}

interface Page {
  readonly source: RawBuilder<unknown>;
  readonly limit: number;
  readonly offset: number;
}

async function readPage(
  queries: Queries,
  { environment, images }: Scope,
  { source, limit, offset }: Page,
): Promise<readonly EstateUpgrade[]> {
  const within = images === undefined ? sql`true` : sql`image = any(${images}::int[])`;
  const { rows } = await sql<UpgradeTable & { readonly type: PackageType; readonly whole: number | null }>`
    select upgrade.*, (select sum(risk_sum) from explorer.image_environment where environment = ${environment} and ${within}) as whole
    from ${source} order by risk_sum desc, package, type, to_version limit ${limit} offset ${offset}`.execute(
    queries.query(explorerSchema),
  );
  return rows.map(
    ({ package: name, type, installed, to_version, removes, images: count, worst, risk_sum: riskSum, whole }) => ({
      package: name,
      type,
      installed,
      to: to_version,
      removes,
      images: count,
      worst: severities[worst] ?? 'unrated',
      riskSum,
      share: whole === null || whole <= 0 ? 0 : Math.min(1, riskSum / whole),
    }),
  );
}
