import { sql } from 'kysely';
import { type ImageDigest, isImageDigest, type SubjectId } from '#base/index.ts';
import { repositoryOf } from '#access/index.ts';
import { type Placement, placementsOf } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { ensureModels, type WantedModel } from './ensure-models.ts';
import { readExecutables } from './executables.ts';
import type { Parts } from './parts.ts';
import { runtimeSchema } from './schema.ts';

/** Commands of one image for which models are made before they run. */
const mostCommands = 20;
/** Images of a lineage, in one environment, whose models wait for a start: old tags that lie there would make many. */
const mostWaiting = 10;

/**
 * Models of a new version before it runs: one for each command that another version of it runs now where the image lies.
 * So its first container is judged from its first program. Nothing comes of an image whose programs are not known.
 */
export async function expectModels(parts: Parts, subject: SubjectId): Promise<void> {
  if (!isImageDigest(subject)) return;
  await parts.store.transaction(async (transaction) => {
    const places = Map.groupBy(await placementsOf(transaction, subject), ({ environment }) => environment);
    const wanted: WantedModel[] = [];
    for (const [environment, placements] of places) {
      const version: Version = { digest: subject, environment, repositories: repositoriesOf(placements) };
      for (const entrypoint of await commandsOfOthers(transaction, version))
        wanted.push({ ...version, key: { digest: subject, entrypoint }, awaitsStart: true });
    }
    if (wanted.length === 0 || (await readExecutables(transaction, subject)) === undefined) return;
    await ensureModels(transaction, wanted, parts);
  });
}

interface Version {
  readonly digest: ImageDigest;
  readonly environment: string | undefined;
  readonly repositories: readonly string[];
}

function repositoriesOf(placements: readonly Placement[]): readonly string[] {
  const names = placements.flatMap((one) => one.names).filter((name) => !isImageDigest(name));
  return [...new Set(names.map(repositoryOf))].toSorted();
}

/** Commands that other versions run now. */
async function commandsOfOthers(
  queries: Queries,
  { digest, environment = '', repositories }: Version,
): Promise<readonly (readonly string[])[]> {
  const related = queries
    .query(runtimeSchema)
    .selectFrom('model')
    .where(sql<boolean>`repositories && ${repositories}::text[]`)
    .where('environment', '=', environment)
    .where('digest', '!=', digest);
  const waiting = await related.select('digest').distinct().where('awaits_start', '=', true).execute();
  if (waiting.length >= mostWaiting) return [];
  const rows = await related
    .select('entrypoint')
    .where('awaits_start', '=', false)
    .where(sql<boolean>`exists (select from runtime.running where running.model = model.id)`)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(mostCommands)
    .execute();
  return [...new Map(rows.map(({ entrypoint }) => [JSON.stringify(entrypoint), entrypoint])).values()];
}
