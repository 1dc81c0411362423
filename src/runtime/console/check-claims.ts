import { isImageDigest, type SubjectId } from '#base/index.ts';
import { settleClaim } from '../recheck-item.ts';
import { readExecutables } from './executables.ts';
import { lockModel, unpackEvidence } from './models.ts';
import type { Parts } from './parts.ts';
import { saveModel } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

/** Checks what hosts only claimed of an image against the programs that its counting scan lists now. */
export async function checkClaims(parts: Parts, subject: SubjectId): Promise<void> {
  if (!isImageDigest(subject)) return;
  const found = await readExecutables(parts.store, subject);
  if (found === undefined) return;
  const programs = new Set(found.map(({ path }) => `/${path}`));
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
      const known = await unpackEvidence(row);
      const terms = { programs, neverLearn: [], entrypoint: row.entrypoint };
      const items = known.items.map((item) => settleClaim(item, terms));
      if (items.every((item, at) => item === known.items[at])) return;
      await saveModel(transaction, parts, { row, change: { evidence: { ...known, items } } });
    });
}
