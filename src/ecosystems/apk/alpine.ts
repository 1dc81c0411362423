import { bySource, type DistributionRule, osvDump } from '../ecosystem.ts';

export const alpine: DistributionRule = {
  ids: { alpine: 'alpine' },
  label: 'Alpine',
  ecosystems: branchOf,
  lookups: bySource,
  feeds: [osvDump('Alpine', 'part')],
  endOfLife: {
    '3.18': '2025-05-09',
    '3.19': '2025-11-01',
    '3.20': '2026-04-01',
    '3.21': '2026-11-01',
    '3.22': '2027-05-01',
  },
};

/** Branches are `v3.20`; a version with `_alpha` is the edge branch. */
function branchOf(release: string): readonly string[] {
  if (release.includes('_alpha') || release === 'edge') return ['Alpine:edge'];
  const found = /^(\d+\.\d+)/.exec(release);
  return found === null ? [] : [`Alpine:v${found[1]}`];
}
