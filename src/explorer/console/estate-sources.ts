import { readCollections, readRetention } from '#access/console/index.ts';
import { disagreementsOf, listCurrentScans, readSpeakingScan } from '#catalog/console/index.ts';
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
import type { EstateSources } from './sources.ts';

/** The other domains of this console. */
export const estateSources: EstateSources = {
  placementsOf,
  groupsOf: contextsOf,
  usedFiles,
  hostState: readHostState,
  hostNames: readHostNames,
  subjects: async (queries) => {
    const scanned = await listCurrentScans(queries);
    return [...new Set([...scanned.map((scan) => scan.subject), ...(await placedSubjects(queries))])];
  },
  speakingScan: readSpeakingScan,
  judgmentsOf: readPlacedVerdicts,
  verdictsOf: async (queries, { subject, scan }) =>
    (await readVerdicts(queries, subject)).filter((verdict) => verdict.scan === scan),
  matchChanges: readMatchChanges,
  disagreementsOf: async (queries, subject) =>
    (await disagreementsOf(queries, subject)).map(({ scans, differs }) => ({
      scans: [...scans],
      differs: [...differs],
    })),
  collections: readCollections,
  retention: readRetention,
};
