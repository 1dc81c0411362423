import { retire } from '../decay.ts';
import { bucketOf, type Parts } from './parts.ts';
import { lockModel, unpackEvidence } from './models.ts';
import { convergenceOf, saveModel, shownEvidence } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

/** Works out once a bucket how far models have come, and drops what was not seen for long: hours pass without evidence. */
export async function renewModels(parts: Parts): Promise<void> {
  const bucket = bucketOf(parts.clock(), parts);
  const rows = await parts.store
    .query(runtimeSchema)
    .selectFrom('model')
    .select('id')
    .where('evaluated', '<', bucket)
    .where('state', '!=', 'archived')
    .orderBy('id')
    .execute();
  for (const { id } of rows) await renewModel(parts, id, bucket);
}

async function renewModel(parts: Parts, id: string, bucket: number): Promise<void> {
  await parts.store.transaction(async (transaction) => {
    const row = await lockModel(transaction, id);
    if (row === undefined || row.evaluated >= bucket) return;
    const known = await unpackEvidence(row);
    const evidence = retire(known);
    const shown = await shownEvidence(transaction, row, evidence);
    const convergence = convergenceOf(shown, row.convergence, { ...parts, now: parts.clock() });
    const isOther = (one: object, other: object): boolean => JSON.stringify(one) !== JSON.stringify(other);
    if (isOther(convergence, row.convergence) || isOther(evidence, known))
      return await saveModel(transaction, parts, { row, change: { evidence } });
    await transaction
      .query(runtimeSchema)
      .updateTable('model')
      .set({ evaluated: bucket })
      .where('id', '=', id)
      .execute();
  });
}
