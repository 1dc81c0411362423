import { sql } from 'kysely';
import type { PackageType } from '#catalog/index.ts';
import { readHosts } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { readDatabaseState } from '#vulnerability/console/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { EstateUpgrade, Overview } from '../contract.ts';
import { countFindings } from './findings.ts';
import { countFlaws } from './flaws.ts';
import { readNewestImages, sumOf, verdictTotals } from './images.ts';
import { explorerSchema } from './schema.ts';
import { countsFromGroups } from './severity-counts.ts';
import { readUnscanned } from './unscanned.ts';

const newestShown = 5;
const upgradesShown = 3;

/** Answers `getOverview`. */
export async function readOverview(queries: Queries, now: Date): Promise<Overview> {
  const verdicts = await verdictTotals(queries);
  return {
    images: sumOf(verdicts),
    verdicts,
    findings: countsFromGroups(await countFindings(queries, {})),
    flaws: countsFromGroups(await countFlaws(queries, {})),
    hosts: (await readHosts(queries)).length,
    unscanned: (await readUnscanned(queries, { query: { limit: 1, offset: 0 } })).total,
    database: await readDatabaseState(queries, now),
    newest: await readNewestImages(queries, newestShown),
    upgrades: await readTopUpgrades(queries, upgradesShown),
  };
}

interface UpgradeSum {
  readonly package: string;
  readonly type: PackageType;
  readonly to_version: string;
  readonly installed: readonly string[];
  readonly removes: number;
  readonly images: number;
  readonly worst: number;
  readonly mass: number;
  readonly whole: number | null;
}

/** The same upgrade in several images is one; masses add up over images, so each is a share of the whole risk. */
async function readTopUpgrades(queries: Queries, count: number): Promise<readonly EstateUpgrade[]> {
  const { rows } = await sql<UpgradeSum>`
    select package, type, to_version, (array_agg(distinct installed))[1:20] as installed, sum(removes)::int as removes,
      count(distinct subject)::int as images, min(worst) as worst, sum(mass) as mass,
      (select sum(mass) from explorer.image_row) as whole
    from explorer.upgrade_row
    group by package, type, to_version
    order by sum(mass) desc, package, type, to_version
    limit ${count}`.execute(queries.query(explorerSchema));
  return rows.map(({ to_version, worst, whole, mass, ...same }) => ({
    ...same,
    to: to_version,
    worst: severities[worst] ?? 'unrated',
    mass,
    share: whole === null || whole <= 0 ? 0 : Math.min(1, mass / whole),
  }));
}
