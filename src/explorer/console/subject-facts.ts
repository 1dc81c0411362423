import type { ScanId, SubjectId } from '#base/index.ts';
import { listScans, readScan, readSubject, type ScanRecord, type StoredScan } from '#catalog/console/index.ts';
import type { Subject } from '#image/index.ts';
import { readVerdict, type StoredVerdict } from '#policy/console/index.ts';
import type { Queries } from '#store/index.ts';
import { readMatch, type StoredMatch } from '#vulnerability/console/index.ts';

/** What the other domains say of one subject now. */
export interface SubjectFacts {
  readonly subject: SubjectId;
  readonly document: Subject;
  /** The scan that speaks for the subject: the one that came last. */
  readonly newest: ScanRecord;
  /** The newest scan that was matched, with its findings; the newest scan while none was. */
  readonly content: StoredScan;
  readonly match?: StoredMatch;
  /** Of the newest scan only: an older one's verdict does not speak for it. */
  readonly verdict?: StoredVerdict;
  /** Newest first. */
  readonly history: readonly (ScanRecord & { readonly verdict?: StoredVerdict })[];
}

/** Scans that a page shows. */
const shownScans = 20;

/** Reads current documents of the domains through their faces. `undefined` when nothing was ever published of it. */
export async function readSubjectFacts(queries: Queries, subject: SubjectId): Promise<SubjectFacts | undefined> {
  const records = await listScans(queries, subject, { limit: shownScans });
  const stored = await readSubject(queries, subject);
  const [newest] = records;
  if (newest === undefined || stored === undefined) return undefined;
  const match = await newestMatch(queries, records);
  const content = await readScan(queries, match?.scan ?? newest.scan);
  if (content === undefined) throw new Error(`The scan ${match?.scan ?? newest.scan} is listed and cannot be read.`);
  const history = [];
  for (const record of records) history.push({ ...record, ...(await verdictOf(queries, record.scan)) });
  const verdict = history[0]?.verdict;
  return {
    subject,
    document: stored.document,
    newest,
    content,
    ...(match === undefined ? {} : { match }),
    ...(verdict === undefined ? {} : { verdict }),
    history,
  };
}

/** A scan that still waits for its matching does not hide what the one before it found. */
async function newestMatch(queries: Queries, records: readonly ScanRecord[]): Promise<StoredMatch | undefined> {
  for (const { scan } of records) {
    const match = await readMatch(queries, scan);
    if (match !== undefined) return match;
  }
  return undefined;
}

async function verdictOf(queries: Queries, scan: ScanId): Promise<{ readonly verdict?: StoredVerdict }> {
  const verdict = await readVerdict(queries, scan);
  return verdict === undefined ? {} : { verdict };
}
