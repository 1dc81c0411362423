import { isImageDigest, type SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { lockModel, type ModelRow } from './models.ts';
import type { Dependencies } from './dependencies.ts';
import { type ModelChange, saveModel } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

/**
 * Goes through the models of an image, each under its lock in a transaction of its own. `changeOf` answers what is to be
 * stored of one; with nothing it stays as it is.
 */
export async function changeModelsOf(
  dependencies: Dependencies,
  subject: SubjectId,
  changeOf: (transaction: Transaction, row: ModelRow) => Promise<ModelChange | undefined>,
): Promise<void> {
  if (!isImageDigest(subject)) return;
  const rows = await dependencies.store
    .query(runtimeSchema)
    .selectFrom('model')
    .select('id')
    .where('digest', '=', subject)
    .orderBy('id')
    .execute();
  for (const { id } of rows)
    await dependencies.store.transaction(async (transaction) => {
      const row = await lockModel(transaction, id);
      if (row === undefined) return;
      const change = await changeOf(transaction, row);
      if (change !== undefined) await saveModel(transaction, dependencies, { row, change });
    });
}
