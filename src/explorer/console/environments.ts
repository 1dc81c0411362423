import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import { estateIndex, type Severity } from '#vulnerability/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { EnvironmentRow, ImageState, SeverityCounts, TrendPoint, VerdictTotals } from '../contract.ts';
import { all } from './findings.ts';
import { everywhere } from './image-environment.ts';
import { totalOf } from './images.ts';
import { byEnvironment, environmentOf } from './placements.ts';
import { explorerSchema } from './schema.ts';
import { type Scope, type Viewer, visible } from './scope.ts';
import { countsFromGroups } from './severity-counts.ts';
import type { EnvironmentKey } from './tables.ts';

/** Numbers of an environment, besides those of its hosts. */
export interface EnvironmentNumbers
  extends Pick<EnvironmentRow, 'images' | 'containers' | 'verdicts' | 'findings' | 'riskSum' | 'index'> {
  /** Images by the worst severity that they hold. */
  readonly impacted: SeverityCounts;
}

/** Numbers of every environment, `*` among them, as far as the images of a scope go. */
export async function readEnvironmentNumbers(
  queries: Queries,
  images: Scope['images'],
): Promise<ReadonlyMap<EnvironmentKey, EnvironmentNumbers>> {
  const within = images === undefined ? sql`true` : sql`image = any(${images}::int[])`;
  const { rows } = await sql<EnvironmentGroup>`
    select environment, state, impact, (count(*) filter (where row.kind = 'image'))::int as count, sum(containers)::int as containers,
      coalesce(sum(risk_sum) filter (where containers > 0), 0) as "riskSum", ${findingSums} as findings
    from explorer.image_environment join explorer.image_row as row on row.number = image
    where ${within} group by environment, state, impact order by environment, state, impact`.execute(
    queries.query(explorerSchema),
  );
  return new Map(
    [...Map.groupBy(rows, (row) => row.environment)].map(([environment, groups]) => [environment, numbersOf(groups)]),
  );
}

const kinds = [...severities, 'suppressed'] as const;
/** An image has the same findings wherever it lies. Those of host file systems count as well; only images are counted as images. */
const findingSums = sql`array[${sql.join(kinds.map((kind) => sql`sum((counts->>${sql.lit(kind)})::int)::int`))}]`;

interface EnvironmentGroup {
  readonly environment: EnvironmentKey;
  readonly state: ImageState;
  readonly impact: number | null;
  readonly count: number;
  readonly containers: number;
  readonly riskSum: number;
  /** In the order of `kinds`. */
  readonly findings: readonly number[];
}

function numbersOf(groups: readonly EnvironmentGroup[]): EnvironmentNumbers {
  const verdicts: Record<keyof VerdictTotals, number> = { pass: 0, fail: 0, cannotJudge: 0, pending: 0 };
  const impacted: Record<Severity | 'suppressed', number> = { ...countsFromGroups([]) };
  const findings: Record<Severity | 'suppressed', number> = { ...countsFromGroups([]) };
  for (const { state, impact, count, findings: sums } of groups) {
    verdicts[totalOf[state]] += count;
    for (const [at, kind] of kinds.entries()) findings[kind] += sums[at] ?? 0;
    const severity = impact === null ? undefined : severities[impact];
    if (severity !== undefined) impacted[severity] += count;
  }
  const sums = groups.map((group) => group.riskSum);
  return {
    images: groups.reduce((sum, group) => sum + group.count, 0),
    containers: groups.reduce((sum, group) => sum + group.containers, 0),
    verdicts,
    findings,
    impacted,
    riskSum: sums.reduce((total, one) => total + one, 0),
    index: estateIndex(sums),
  };
}

/** Nothing of an environment. */
export const noNumbers: EnvironmentNumbers = numbersOf([]);

interface HostGroup {
  readonly environment: EnvironmentKey;
  readonly hosts: number;
  readonly stale: number;
}

/** Hosts in each environment; of who may not see everything, those that hold something that he may see. */
export async function readHostGroups(queries: Queries, viewer: Viewer): Promise<readonly HostGroup[]> {
  const holding =
    viewer?.collections === undefined
      ? sql`true`
      : sql`host in (select host from explorer.presence_row where ${all(visible(viewer))})`;
  const { rows } = await sql<HostGroup>`
    select environment, count(*)::int as hosts, (count(*) filter (where stale))::int as stale
    from explorer.host_row where ${holding} group by environment`.execute(queries.query(explorerSchema));
  return rows;
}

/** One for each environment that hosts stand in or containers run in, prod first. */
export function environmentRows(
  environments: ReadonlyMap<EnvironmentKey, EnvironmentNumbers>,
  hosts: readonly HostGroup[],
): readonly EnvironmentRow[] {
  const running = [...environments].filter(
    ([environment, numbers]) => environment !== everywhere && numbers.containers > 0,
  );
  const names = [
    ...new Set([...hosts.map(({ environment }) => environment), ...running.map(([environment]) => environment)]),
  ];
  return names
    .map((environment) => ({ environment }))
    .toSorted(byEnvironment)
    .map(({ environment }) => {
      const { impacted: _impacted, ...numbers } = environments.get(environment) ?? noNumbers;
      const group = hosts.find((one) => one.environment === environment);
      return { ...environmentOf(environment), hosts: group?.hosts ?? 0, staleHosts: group?.stale ?? 0, ...numbers };
    });
}

/** How an environment stands at this moment. */
export function pointOf(
  { images, containers, findings, impacted, riskSum, index }: EnvironmentNumbers,
  at: string,
): TrendPoint {
  return { at, images, containers, findings, impacted, riskSum, index };
}
