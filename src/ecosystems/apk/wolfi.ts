import { bySource, type DistributionRule, osvDump } from '../ecosystem.ts';

const wolfiFeed = osvDump('Wolfi', 'whole');

/** It has no releases. */
export const wolfi: DistributionRule = {
  ids: { wolfi: 'wolfi' },
  label: 'Wolfi',
  ecosystems: () => ['Wolfi'],
  lookups: bySource,
  feeds: [wolfiFeed],
  endOfLife: {},
};

/** Built from Wolfi and from packages of its own, which only its own feed names. */
export const chainguard: DistributionRule = {
  ids: { chainguard: 'chainguard' },
  label: 'Chainguard',
  ecosystems: () => ['Chainguard', 'Wolfi'],
  lookups: bySource,
  feeds: [osvDump('Chainguard', 'samples'), wolfiFeed],
  endOfLife: {},
};
