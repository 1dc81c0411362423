import { bySource, type DistributionRule, osvDump } from '../ecosystem.ts';
import { isPublisher } from '../publishers.ts';

/** Days of https://alpinelinux.org/releases/. */
export const alpine: DistributionRule = {
  ids: { alpine: 'alpine' },
  label: 'Alpine',
  ecosystems: branchOf,
  lookups: bySource,
  foreignBuilder: ({ vendor }) => (vendor !== undefined && isPublisher(vendor) ? vendor : undefined),
  feeds: [osvDump('Alpine', 'part')],
  endOfLife: {
    '3.12': '2022-05-01',
    '3.13': '2022-11-01',
    '3.14': '2023-05-01',
    '3.15': '2023-11-01',
    '3.16': '2024-05-23',
    '3.17': '2024-11-22',
    '3.18': '2025-05-09',
    '3.19': '2025-11-01',
    '3.20': '2026-04-01',
    '3.21': '2026-11-01',
    '3.22': '2027-05-01',
    '3.23': '2027-11-01',
  },
};

/** Branches are `v3.20`; a version with `_alpha` is the edge branch. */
function branchOf(release: string): readonly string[] {
  if (release.includes('_alpha') || release === 'edge') return ['Alpine:edge'];
  const found = /^(\d+\.\d+)/.exec(release);
  return found === null ? [] : [`Alpine:v${found[1]}`];
}
