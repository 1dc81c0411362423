import { type Selectable as Row, sql } from 'kysely';
import { isImageDigest } from '#base/index.ts';
import { repositoryOf } from '#access/index.ts';
import { type ContainerInPlace, readRunningOnHost } from '#inventory/console/index.ts';
import type { Transaction } from '#store/index.ts';
import type { ModelKey } from '../contract.ts';
import { modelIdIn } from '../model-id.ts';
import { endWaits, ensureModels } from './ensure-models.ts';
import { modelsPlaced } from './facts.ts';
import { notifyAgents } from './notify-agents.ts';
import type { Dependencies } from './dependencies.ts';
import { type RuntimeTables, runtimeSchema } from './schema.ts';

/** Model that speaks for a container; `undefined` while its image or its command is not known. */
export function keyOfContainer({ subject, command }: ContainerInPlace): ModelKey | undefined {
  if (subject === undefined || command.length === 0 || !isImageDigest(subject)) return undefined;
  return { digest: subject, entrypoint: command };
}

/** Repositories that a container's image is known under. */
function repositoriesOf({ place }: ContainerInPlace): readonly string[] {
  return [...new Set(place.images.filter((name) => !isImageDigest(name)).map(repositoryOf))];
}

/** Brings what runs on a host to what the inventory says now; what runs for the first time gets a model. */
export async function followHost(dependencies: Dependencies, host: string): Promise<void> {
  await dependencies.store.transaction(async (transaction) => {
    await transaction.lock(`runtime-host ${host}`);
    const running = (await readRunningOnHost(transaction, host)).flatMap((container) => {
      const key = keyOfContainer(container);
      return key === undefined ? [] : [{ container, key }];
    });
    await ensureModels(
      transaction,
      running.map(({ container, key }) => ({
        key,
        environment: container.place.environment,
        repositories: repositoriesOf(container),
        awaitsStart: false,
      })),
      dependencies,
    );
    const rows = running.map(({ container, key }) => toRow(host, container, key));
    await endWaits(
      transaction,
      rows.map(({ model }) => model),
    );
    if (await saveRunning(transaction, host, rows)) await transaction.announce(modelsPlaced, { host });
    // Also when the same runs: its environment may come from a collection now, and another image may lie on it.
    await notifyAgents(transaction, { kind: 'host', host });
  });
}

type RunningRow = Omit<Row<RuntimeTables['running']>, 'place'> & { readonly place: string };

function toRow(host: string, { id, place }: ContainerInPlace, key: ModelKey): RunningRow {
  const { digest } = key;
  return {
    host,
    container: id,
    model: modelIdIn(key, place.environment),
    digest,
    environment: place.environment ?? null,
    place: JSON.stringify(place),
  };
}

/** Rows of one statement; PostgreSQL takes 65,535 parameters. */
const rowsAtOnce = 2_000;

/** Writes what is another than before. Gives whether something was. */
async function saveRunning(transaction: Transaction, host: string, rows: readonly RunningRow[]): Promise<boolean> {
  const database = transaction.query(runtimeSchema);
  const before = await database.selectFrom('running').selectAll().where('host', '=', host).execute();
  const known = new Map(before.map((row) => [row.container, JSON.stringify([row.model, row.place])]));
  const now = new Set(rows.map(({ container }) => container));
  const gone = before.flatMap(({ container }) => (now.has(container) ? [] : [container]));
  const changed = rows.filter(({ container, model, place }) => known.get(container) !== `["${model}",${place}]`);
  if (gone.length > 0)
    await database
      .deleteFrom('running')
      .where('host', '=', host)
      .where('container', '=', sql<string>`any(${gone}::text[])`)
      .execute();
  for (let at = 0; at < changed.length; at += rowsAtOnce)
    await database
      .insertInto('running')
      .values(changed.slice(at, at + rowsAtOnce))
      .onConflict((conflict) =>
        conflict.columns(['host', 'container']).doUpdateSet((is) => ({
          model: is.ref('excluded.model'),
          digest: is.ref('excluded.digest'),
          environment: is.ref('excluded.environment'),
          place: is.ref('excluded.place'),
        })),
      )
      .execute();
  return gone.length > 0 || changed.length > 0;
}
