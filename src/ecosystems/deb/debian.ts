import { bySource, type DistributionRule, majorOf, osvDump } from '../ecosystem.ts';
import { publishedOutside } from './builders.ts';

export const debian: DistributionRule = {
  ids: { debian: 'debian' },
  label: 'Debian',
  ecosystems: releaseOf,
  lookups: bySource,
  foreignBuilder: publishedOutside,
  feeds: [osvDump('Debian', 'part')],
  // Long-term support included.
  endOfLife: {
    '7': '2018-05-31',
    '8': '2020-06-30',
    '9': '2022-06-30',
    '10': '2024-06-30',
    '11': '2026-08-31',
    '12': '2028-06-30',
    '13': '2030-06-30',
  },
};

/** Since Debian 7 a release has one number; testing and unstable name none. */
function releaseOf(release: string): readonly string[] {
  if (!/^\d/.test(release)) return [];
  const isOld = Number(majorOf(release)) < 7;
  return [`Debian:${isOld ? release.split('.').slice(0, 2).join('.') : majorOf(release)}`];
}
