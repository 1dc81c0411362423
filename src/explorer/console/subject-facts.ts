import type { ScanId, SubjectId } from '#base/index.ts';
import { listScans, readDescription, readScan, type ScanRecord, type StoredScan } from '#catalog/console/index.ts';
import type { Subject } from '#image/index.ts';
import type { Queries } from '#store/index.ts';
import { readMatch, type StoredMatch } from '#vulnerability/console/index.ts';
import type { EstateSources } from './sources.ts';

/** What the other domains say is in one subject now. */
export interface SubjectFacts {
  readonly subject: SubjectId;
  readonly document: Subject;
  /** The scan that pages show. */
  readonly shown: ScanRecord;
  /** The scan that findings and packages come from: an older one of the same publisher while the shown one is not matched. */
  readonly content: ScanRecord;
  readonly match?: StoredMatch;
  /** Newest first. */
  readonly records: readonly ScanRecord[];
  /** The content with its catalog; missing when it is the scan that was asked to be left out. */
  readonly scan?: StoredScan;
}

/** Scans that a page shows. */
const shownScans = 20;

/**
 * Reads current documents of the domains through their faces. `undefined` when no scan of it is shown. `except` names a
 * scan whose catalog need not be read again.
 */
export async function readSubjectFacts(
  queries: Queries,
  subject: SubjectId,
  { sources, except }: { readonly sources: EstateSources; readonly except?: ScanId },
): Promise<SubjectFacts | undefined> {
  const shown = await sources.shownScan(queries, subject);
  const document = shown && (await readDescription(queries, shown.scan));
  if (shown === undefined || document === undefined) return undefined;
  const records = await listScans(queries, subject, { limit: shownScans });
  const match = await matchFor(queries, shown, records);
  const content = records.find((record) => record.scan === match?.scan) ?? shown;
  const scan = content.scan === except ? undefined : await readScan(queries, content.scan);
  return {
    subject,
    document,
    shown,
    content,
    ...(match === undefined ? {} : { match }),
    records,
    ...(scan === undefined ? {} : { scan }),
  };
}

/** A scan that still waits for its matching does not hide what its publisher found before. */
async function matchFor(
  queries: Queries,
  shown: ScanRecord,
  records: readonly ScanRecord[],
): Promise<StoredMatch | undefined> {
  const older = records
    .slice(records.findIndex((record) => record.scan === shown.scan) + 1)
    .filter(({ publisher }) => publisher.kind === shown.publisher.kind && publisher.id === shown.publisher.id);
  for (const { scan } of [shown, ...older]) {
    const match = await readMatch(queries, scan);
    if (match !== undefined) return match;
  }
  return undefined;
}
