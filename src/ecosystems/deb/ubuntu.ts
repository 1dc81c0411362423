import { bySource, type DistributionRule, osvDump } from '../ecosystem.ts';

export const ubuntu: DistributionRule = {
  ids: { ubuntu: 'ubuntu' },
  label: 'Ubuntu',
  ecosystems: releaseOf,
  lookups: bySource,
  feeds: [osvDump('Ubuntu', 'part')],
  // Standard support, without Ubuntu Pro.
  endOfLife: { '20.04': '2025-05-31', '22.04': '2027-06-01', '24.04': '2029-05-31' },
};

/** The April releases of even years are long-term ones, and their ecosystem says so. */
function releaseOf(release: string): readonly string[] {
  const found = /^(\d+)\.(\d\d)/.exec(release);
  if (found === null) return [];
  const isLongTerm = Number(found[1]) % 2 === 0 && found[2] === '04';
  return [`Ubuntu:${found[1]}.${found[2]}${isLongTerm ? ':LTS' : ''}`];
}
