import type { SubjectId } from '#base/index.ts';
import { type Placement, placementsOf } from '#inventory/console/index.ts';
import type { ModelState } from '../contract.ts';
import { type ModelRow, unpackEvidence } from './models.ts';
import { changeModelsOf } from './models-of-image.ts';
import type { Dependencies } from './dependencies.ts';

/**
 * Archives the models of an image that no host of their environment holds any more, and wakes those of one that is back, as
 * far as they had come. What a person froze stays as it is.
 */
export async function archiveModels(dependencies: Dependencies, subject: SubjectId): Promise<void> {
  await changeModelsOf(dependencies, subject, async (transaction, row) => {
    const isPlaced = (await placementsOf(transaction, subject)).some((placement) => isIn(placement, row.environment));
    const state = isPlaced ? stateAwake(row) : stateAsleep(row);
    return state === row.state ? undefined : { evidence: await unpackEvidence(row), columns: { state } };
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
