import { isImageDigest, type SubjectId } from '#base/index.ts';
import { settleClaim } from '../recheck-entry.ts';
import { readExecutables } from './executables.ts';
import { unpackEvidence } from './models.ts';
import { changeModelsOf } from './models-of-image.ts';
import type { Dependencies } from './dependencies.ts';

/** Checks what hosts only claimed of an image against the programs that its counting scan lists now. */
export async function checkClaims(dependencies: Dependencies, subject: SubjectId): Promise<void> {
  if (!isImageDigest(subject)) return;
  const found = await readExecutables(dependencies.store, subject);
  if (found === undefined) return;
  const programs = new Set(found.map(({ path }) => `/${path}`));
  await changeModelsOf(dependencies, subject, async (_, row) => {
    const known = await unpackEvidence(row);
    const terms = { programs, neverLearn: [], entrypoint: row.entrypoint };
    const items = known.items.map((entry) => settleClaim(entry, terms));
    return items.every((entry, at) => entry === known.items[at]) ? undefined : { evidence: { ...known, items } };
  });
}
