import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import { reportedNow } from './reported-now.ts';
import { inventorySchema } from './schema.ts';

/** A file of a subject that a process had loaded. */
export interface UsedFile {
  /** Missing: none. */
  readonly environment?: string;
  /** Canonical across merged `/usr`, no leading slash. */
  readonly file: string;
  /** To the minute. */
  readonly lastSeen: string;
}

/** Files of a subject that were seen in use, in each environment. */
export async function usedFiles(queries: Queries, subject: SubjectId): Promise<readonly UsedFile[]> {
  const rows = await queries
    .query(inventorySchema)
    .selectFrom('used_file')
    .select((is) => ['environment', 'file', is.fn.max('last_seen').as('last_seen')])
    .where('subject', '=', subject)
    .where(reportedNow('used_file'))
    .groupBy(['environment', 'file'])
    .orderBy('environment')
    .orderBy('file')
    .execute();
  return rows.map(({ environment, file, last_seen: seen }) => ({
    ...(environment === '' ? {} : { environment }),
    file,
    lastSeen: seen.toISOString(),
  }));
}
