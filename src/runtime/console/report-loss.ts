import { readContainersOnHost } from '#inventory/console/index.ts';
import { type FactHandler, type ReadFact, readFacts } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { type Evidence, LossFact } from '../contract.ts';
import { emptyEvidence, mergeEvidence } from '../evidence.ts';
import { emptyRing, encodeHours, type Ring, withHour } from '../hours.ts';
import { modelIdIn } from '../model-id.ts';
import { keyOfContainer } from './follow-host.ts';
import { lockModel, unpackEvidence } from './models.ts';
import { bucketOf, type Dependencies } from './dependencies.ts';
import { saveModel } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

/** Fact `loss`: the hour counts as unseen in the container's model; without a container in those of all that run there. */
export function reportLoss(dependencies: Dependencies): FactHandler {
  return async (transaction, { name: host }, facts) => {
    const reported = readFacts(facts, LossFact);
    const modelOf = await modelsOnHost(transaction, host, reported);
    // However many there are, each model is merged with once.
    const byContainer = Map.groupBy(reported, ({ body }) => body.container);
    const lost = new Map([...byContainer].map(([container, some]) => [container, lossesIn(some, dependencies)]));
    const byModel = Map.groupBy(
      [...lost].flatMap(([container, losses]) => modelOf(container).map((id) => ({ id, losses }))),
      ({ id }) => id,
    );
    for (const id of [...byModel.keys()].toSorted()) {
      const row = await lockModel(transaction, id);
      if (row === undefined) continue;
      const known = await unpackEvidence(row);
      const all = (byModel.get(id) ?? []).reduce((sum, { losses }) => mergeEvidence(sum, losses), emptyEvidence);
      const merged = mergeEvidence(known, all);
      if (JSON.stringify(merged) === JSON.stringify(known)) continue;
      await saveModel(transaction, dependencies, { row, change: { evidence: merged } });
    }
  };
}

async function modelsOnHost(
  transaction: Transaction,
  host: string,
  reported: readonly ReadFact<LossFact>[],
): Promise<(container: string | undefined) => readonly string[]> {
  const named = reported.flatMap(({ body }) => body.container ?? []);
  const containers = await readContainersOnHost(transaction, host, named);
  const running = await transaction
    .query(runtimeSchema)
    .selectFrom('running')
    .select('model')
    .distinct()
    .where('host', '=', host)
    .execute();
  return (id) => {
    if (id === undefined) return running.map(({ model }) => model);
    const container = containers.get(id);
    const key = container === undefined ? undefined : keyOfContainer(container);
    return key === undefined ? [] : [modelIdIn(key, container?.place.environment)];
  };
}

/** Hours in which something was lost, by dimension. */
function lossesIn(reported: readonly ReadFact<LossFact>[], dependencies: Dependencies): Evidence {
  const rings = new Map<LossFact['dimension'], Ring>();
  for (const { at, body } of reported) {
    const moment = new Date(Math.min(new Date(body.at).getTime(), at.getTime()));
    rings.set(body.dimension, withHour(rings.get(body.dimension) ?? emptyRing, bucketOf(moment, dependencies)));
  }
  const none = encodeHours(emptyRing);
  const exposures = [...rings].map(([dimension, ring]) => [dimension, { exposure: none, lost: encodeHours(ring) }]);
  return { ...emptyEvidence, dimensions: Object.fromEntries(exposures) };
}
