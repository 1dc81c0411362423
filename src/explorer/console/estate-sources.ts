import { readCollections, readRetention } from '#access/console/index.ts';
import type { SubjectId } from '#base/index.ts';
import {
  differencesOf,
  listCountingScans,
  readCountingScans,
  readScanRecord,
  readShownScan,
  readSilencedScans,
  type ScanRecord,
} from '#catalog/console/index.ts';
import {
  contextsOf,
  placedSubjects,
  placementsOf,
  readHostNames,
  readHostState,
  usedFiles,
} from '#inventory/console/index.ts';
import { readPlacedVerdicts, readVerdicts } from '#policy/console/index.ts';
import { readMatchChanges } from '#vulnerability/console/index.ts';
import type { Queries } from '#store/index.ts';
import { shownScan } from '../shown-scan.ts';
import type { EstateSources } from './sources.ts';

/** The other domains of this console. */
export const estateSources: EstateSources = {
  placementsOf,
  groupsOf: contextsOf,
  usedFiles,
  hostState: readHostState,
  hostNames: readHostNames,
  subjects: async (queries) => {
    const scanned = await listCountingScans(queries);
    return [...new Set([...scanned.map((scan) => scan.subject), ...(await placedSubjects(queries))])];
  },
  shownScan: readShown,
  judgmentsOf: readPlacedVerdicts,
  verdictsOf: readVerdicts,
  countingOf: readCounting,
  silencedOf: readSilencedScans,
  matchChanges: readMatchChanges,
  differencesOf: async (queries, subject) =>
    (await differencesOf(queries, subject)).map(({ scans, settledBy, differs }) => ({
      scans: scans.map(({ publisher, ...scan }) => ({ ...scan, publisher: publisher.name })),
      settledBy,
      differs: [...differs],
    })),
  collections: readCollections,
  retention: readRetention,
};

async function readCounting(queries: Queries, subject: SubjectId) {
  return (await readCountingScans(queries, [subject])).get(subject) ?? [];
}

async function readShown(queries: Queries, subject: SubjectId): Promise<ScanRecord | undefined> {
  const first = await readShownScan(queries, subject);
  if (first === undefined) return undefined;
  const counting = await readCounting(queries, subject);
  const verdicts = counting.length < 2 ? [] : await readPlacedVerdicts(queries, [subject]);
  const scan = shownScan({ first: first.scan, counting, verdicts });
  return scan === first.scan ? first : ((await readScanRecord(queries, scan)) ?? first);
}
