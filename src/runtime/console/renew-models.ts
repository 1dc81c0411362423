import { retire } from '../decay.ts';
import { bucketOf, type Dependencies } from './dependencies.ts';
import { lockModel, unpackEvidence } from './models.ts';
import { convergenceOf, saveModel, shownEvidence } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

/** Works out once a bucket how far models have come, and drops what was not seen for long: hours pass without evidence. */
export async function renewModels(dependencies: Dependencies): Promise<void> {
  const bucket = bucketOf(dependencies.clock(), dependencies);
  const rows = await dependencies.store
    .query(runtimeSchema)
    .selectFrom('model')
    .select('id')
    .where('evaluated', '<', bucket)
    .where('state', '!=', 'archived')
    .orderBy('id')
    .execute();
  for (const { id } of rows) await renewModel(dependencies, id, bucket);
}

async function renewModel(dependencies: Dependencies, id: string, bucket: number): Promise<void> {
  await dependencies.store.transaction(async (transaction) => {
    const row = await lockModel(transaction, id);
    if (row === undefined || row.evaluated >= bucket) return;
    const known = await unpackEvidence(row);
    const evidence = retire(known);
    const shown = await shownEvidence(transaction, row, evidence);
    const convergence = convergenceOf(shown, row.convergence, { ...dependencies, now: dependencies.clock() });
    const isOther = (one: object, other: object): boolean => JSON.stringify(one) !== JSON.stringify(other);
    if (isOther(convergence, row.convergence) || isOther(evidence, known))
      return await saveModel(transaction, dependencies, { row, change: { evidence } });
    await transaction
      .query(runtimeSchema)
      .updateTable('model')
      .set({ evaluated: bucket })
      .where('id', '=', id)
      .execute();
  });
}
