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

/** Executables by the scan of a subject that is shown; `undefined` while none is. */
export async function readShownExecutables(
  queries: Queries,
  subject: SubjectId,
): Promise<ExecutablesOfScan | undefined> {
  const row = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .innerJoin('shown_scan', 'shown_scan.scan', 'scan.id')
    .leftJoin('document as shared', 'shared.digest', 'scan.content_digest')
    .select('scan.id')
    .select((is) => is.fn.coalesce('shared.executables', 'scan.executables').as('executables'))
    .where('shown_scan.subject', '=', subject)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.executables === null) return { scan: row.id };
  return { scan: row.id, executables: PackedExecutables.parse(await unpackJson(row.executables)) };
}
