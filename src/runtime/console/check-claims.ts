import { isImageDigest, type SubjectId } from '#base/index.ts';
import { settleClaim } from '../recheck-item.ts';
import { readExecutables } from './executables.ts';
import { unpackEvidence } from './models.ts';
import { changeModelsOf } from './models-of-image.ts';
import type { Parts } from './parts.ts';

/** Checks what hosts only claimed of an image against the programs that its counting scan lists now. */
export async function checkClaims(parts: Parts, subject: SubjectId): Promise<void> {
  if (!isImageDigest(subject)) return;
  const found = await readExecutables(parts.store, subject);
  if (found === undefined) return;
  const programs = new Set(found.map(({ path }) => `/${path}`));
  await changeModelsOf(parts, subject, async (_, row) => {
    const known = await unpackEvidence(row);
    const terms = { programs, neverLearn: [], entrypoint: row.entrypoint };
    const items = known.items.map((item) => settleClaim(item, terms));
    return items.every((item, at) => item === known.items[at]) ? undefined : { evidence: { ...known, items } };
  });
}
