import { sql } from 'kysely';
import { type ImageDigest, isImageDigest, type SubjectId } from '#base/index.ts';
import { repositoryOf } from '#access/index.ts';
import { type Placement, placementsOf } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { ensureModels, type WantedModel } from './ensure-models.ts';
import { readExecutables } from './executables.ts';
import type { Dependencies } from './dependencies.ts';
import { runtimeSchema } from './schema.ts';

/** Commands of one image for which models are made before they run. */
const mostCommands = 20;
/** Images of a lineage, in one environment, whose models wait for a start: old tags that lie there would make many. */
const mostWaiting = 10;

/**
 * Models of a new version before it runs: one for each command that another version of it runs now where the image lies.
 * So its first container is judged from its first program. Nothing comes of an image whose programs are not known.
 */
export async function expectModels(dependencies: Dependencies, subject: SubjectId): Promise<void> {
  if (!isImageDigest(subject)) return;
  await dependencies.store.transaction(async (transaction) => {
    const places = Map.groupBy(await placementsOf(transaction, subject), ({ environment }) => environment);
    const wanted: WantedModel[] = [];
    const versions: Version[] = [];
    for (const [environment, placements] of places) {
      const version: Version = { digest: subject, environment, repositories: repositoriesOf(placements) };
      const commands = await commandsOfOthers(transaction, version);
      if (commands.length > 0) versions.push(version);
      for (const entrypoint of commands)
        wanted.push({ ...version, key: { digest: subject, entrypoint }, awaitsStart: true });
    }
    if (wanted.length === 0 || (await readExecutables(transaction, subject)) === undefined) return;
    for (const version of versions) await giveUpOldest(transaction, version);
    await ensureModels(transaction, wanted, dependencies);
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
async function commandsOfOthers(queries: Queries, version: Version): Promise<readonly (readonly string[])[]> {
  const rows = await relatedTo(queries, version)
    .select('entrypoint')
    .where('awaits_start', '=', false)
    .where(sql<boolean>`exists (select from runtime.running where running.model = model.id)`)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(mostCommands)
    .execute();
  return [...new Map(rows.map(({ entrypoint }) => [JSON.stringify(entrypoint), entrypoint])).values()];
}

/** The newest ones stay; a model about which a person decided stays too. */
async function giveUpOldest(queries: Queries, version: Version): Promise<void> {
  const waiting = await relatedTo(queries, version)
    .select(['digest', sql<Date>`max(created_at)`.as('since')])
    .where('awaits_start', '=', true)
    .where('state', '!=', 'archived')
    .groupBy('digest')
    .orderBy('since', 'desc')
    .orderBy('digest')
    .execute();
  const over = waiting.slice(mostWaiting - 1).map(({ digest }) => digest);
  if (over.length === 0) return;
  const { environment = '' } = version;
  await sql`
    delete from runtime.model
    where digest = any(${over}::text[]) and environment = ${environment} and awaits_start
      and not exists (select from runtime.decision where decision.model = model.id)`.execute(
    queries.query(runtimeSchema),
  );
}

function relatedTo(queries: Queries, { digest, environment = '', repositories }: Version) {
  return queries
    .query(runtimeSchema)
    .selectFrom('model')
    .where(sql<boolean>`repositories && ${repositories}::text[]`)
    .where('environment', '=', environment)
    .where('digest', '!=', digest);
}
