import type { ScanId, SubjectId } from '#base/index.ts';
import { type Queries, unpackJson } from '#store/index.ts';
import { PackedExecutables } from '../contract.ts';
import { catalogSchema } from './schema.ts';

/** What a scan tells of executables. */
export interface ExecutablesOfScan {
  readonly scan: ScanId;
  /** Missing: the scan did not look at them, so nothing is known. */
  readonly executables?: PackedExecutables;
}

/** Executables by the scan that speaks for a subject; `undefined` while none may. */
export async function readSpeakingExecutables(
  queries: Queries,
  subject: SubjectId,
): Promise<ExecutablesOfScan | undefined> {
  const row = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .innerJoin('voice', 'voice.scan', 'scan.id')
    .select(['scan.id', 'scan.executables'])
    .where('voice.subject', '=', subject)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.executables === null) return { scan: row.id };
  return { scan: row.id, executables: PackedExecutables.parse(await unpackJson(row.executables)) };
}
