import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { Finding } from '#vulnerability/index.ts';
import { riskInContexts } from '../risk-in-context.ts';
import { everywhere, type ImageEnvironment } from './image-environment.ts';
import { explorerSchema } from './schema.ts';
import type { ImageNumber, EnvironmentKey } from './tables.ts';

/** A finding of one image. */
export interface HeldFinding {
  readonly image: ImageNumber;
  readonly finding: Finding;
}

/** Risk with its points, as it was added up when it was stored, and when the package was last seen in use. */
export interface ScoredFinding {
  readonly risk: Finding['risk'];
  readonly inUse?: string;
}

/** Attributes the risk that these findings have in an environment; in the order that they come in. */
export async function attribute<Row extends HeldFinding>(
  queries: Queries,
  environment: EnvironmentKey,
  rows: readonly Row[],
): Promise<readonly (Row & ScoredFinding)[]> {
  const images = [...new Set(rows.map((row) => row.image))];
  const environments = await queries
    .query(explorerSchema)
    .selectFrom('image_environment')
    .select(['image', 'environment', 'contexts'])
    .where('image', '=', sql<ImageNumber>`any(${images}::int[])`)
    .execute();
  const used = await queries
    .query(explorerSchema)
    .selectFrom('used_package')
    .selectAll()
    .where('image', '=', sql<ImageNumber>`any(${images}::int[])`)
    .execute();
  const byImage = Map.groupBy(environments, (environment) => environment.image);
  const seenAt = new Map(used.map((row) => [useKey(row.image, row.environment, row), row.seen.toISOString()]));
  return rows.map((row) => {
    const all = (byImage.get(row.image) ?? []).filter(
      (one) => environment === everywhere || one.environment === environment,
    );
    const risks = all.map((one) => riskAt(row, one, seenAt));
    const risk = risks.reduce((most, one) => (one.score > most.score ? one : most), risks[0] ?? row.finding.risk);
    const inUse = seenAt.get(useKey(row.image, environment, row.finding));
    return { ...row, risk, ...(inUse === undefined ? {} : { inUse }) };
  });
}

function riskAt(
  { image, finding }: HeldFinding,
  { environment, contexts }: Pick<ImageEnvironment, 'environment' | 'contexts'>,
  seenAt: ReadonlyMap<string, string>,
): Finding['risk'] {
  if (contexts.length === 0) return { ...finding.risk, score: Number.NEGATIVE_INFINITY };
  const loaded = seenAt.has(useKey(image, environment, finding));
  return riskInContexts(finding, contexts, loaded ? 'loaded' : 'unknown');
}

function useKey(image: ImageNumber, environment: EnvironmentKey, thing: Pick<Finding, 'purl' | 'layer'>): string {
  return JSON.stringify([image, environment, thing.layer, thing.purl]);
}
