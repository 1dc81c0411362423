import { bySource, type DistributionRule, osvDump } from '../ecosystem.ts';

/** It has no releases. */
export const wolfi: DistributionRule = {
  ids: { wolfi: 'wolfi', chainguard: 'chainguard' },
  label: 'Wolfi',
  ecosystems: () => ['Wolfi'],
  lookups: bySource,
  feeds: [osvDump('Wolfi', 'whole')],
  endOfLife: {},
};
