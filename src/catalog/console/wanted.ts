import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import type { Catalog } from '../contract.ts';
import { catalogSchema } from './schema.ts';

/** Subjects to ask for in one statement. */
const subjectsAtOnce = 10_000;

/**
 * Which of the subjects are still to be scanned: those of which no scan by these analyzers is current, and every file
 * system, since its content changes under the same name.
 */
export async function wantedScans(
  queries: Queries,
  subjects: readonly SubjectId[],
  analyzers: Catalog['analyzers'],
): Promise<readonly SubjectId[]> {
  const images = subjects.filter((subject) => subject.startsWith('sha256:'));
  const known = new Set<SubjectId>();
  for (let at = 0; at < images.length; at += subjectsAtOnce) {
    const rows = await queries
      .query(catalogSchema)
      .selectFrom('scan')
      .distinctOn('subject')
      .select(['subject', 'analyzers'])
      .where('subject', '=', sql<SubjectId>`any(${images.slice(at, at + subjectsAtOnce)})`)
      .orderBy('subject')
      .orderBy('sequence', 'desc')
      .execute();
    for (const row of rows) if (analyzersKey(row.analyzers) === analyzersKey(analyzers)) known.add(row.subject);
  }
  return [...new Set(subjects)].filter((subject) => !known.has(subject));
}

function analyzersKey(analyzers: Catalog['analyzers']): string {
  return analyzers
    .map(({ id, version }) => `${id} ${version}`)
    .toSorted()
    .join('\n');
}
