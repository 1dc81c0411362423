import { isImageDigest, type SubjectId } from '#base/index.ts';
import { type Placement, placementsOf } from '#inventory/console/index.ts';
import type { ModelState } from '../contract.ts';
import { lockModel, type ModelRow, unpackEvidence } from './models.ts';
import type { Parts } from './parts.ts';
import { saveModel } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

/**
 * Archives the models of an image that no host of their environment holds any more, and wakes those of one that is back, as
 * far as they had come. What a person froze stays as it is.
 */
export async function archiveModels(parts: Parts, subject: SubjectId): Promise<void> {
  if (!isImageDigest(subject)) return;
  const rows = await parts.store
    .query(runtimeSchema)
    .selectFrom('model')
    .select('id')
    .where('digest', '=', subject)
    .orderBy('id')
    .execute();
  for (const { id } of rows)
    await parts.store.transaction(async (transaction) => {
      const row = await lockModel(transaction, id);
      if (row === undefined) return;
      const isPlaced = (await placementsOf(transaction, subject)).some((placement) => isIn(placement, row.environment));
      const state = isPlaced ? stateAwake(row) : stateAsleep(row);
      if (state === row.state) return;
      const evidence = await unpackEvidence(row);
      await saveModel(transaction, parts, { row, change: { evidence, columns: { state } } });
    });
}

/** Whether it lies, runs or may run in an environment there. */
function isIn({ environment: own = '', allowed = [], containers }: Placement, environment: string): boolean {
  return [own, ...allowed, ...containers.map((one) => one.environment ?? '')].includes(environment);
}

function stateAsleep({ state }: ModelRow): ModelState {
  return state === 'manual' ? state : 'archived';
}

function stateAwake({ state, activated_at, learns_from }: ModelRow): ModelState {
  if (state !== 'archived') return state;
  if (activated_at !== null) return 'active';
  return learns_from === null ? 'learning' : 'relearning';
}
