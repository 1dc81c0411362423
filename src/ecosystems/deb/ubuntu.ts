import { bySource, type DistributionRule, osvDump } from '../ecosystem.ts';
import { maintainedOutside } from './builders.ts';

/** Its builders put an address of Ubuntu's in the place of Debian's maintainers. */
const outside = maintainedOutside(/@(?:[\w-]+\.)*(?:ubuntu|canonical)\.com\b/i);

export const ubuntu: DistributionRule = {
  ids: { ubuntu: 'ubuntu' },
  label: 'Ubuntu',
  ecosystems: releaseOf,
  lookups: bySource,
  // Certified builds have versions of their own, which compare with no others: `1.1.1f-1ubuntu2.fips.16`.
  foreignBuilder: (one) => (/[.+]fips/i.test(one.version) ? 'Ubuntu Pro, for FIPS' : outside(one)),
  feeds: [osvDump('Ubuntu', 'part')],
  // Standard support, without Ubuntu Pro (`distro-info-data` 0.66).
  endOfLife: {
    '14.04': '2019-04-25',
    '16.04': '2021-04-30',
    '18.04': '2023-05-31',
    '20.04': '2025-05-29',
    '20.10': '2021-07-22',
    '21.04': '2022-01-20',
    '21.10': '2022-07-14',
    '22.04': '2027-06-01',
    '22.10': '2023-07-20',
    '23.04': '2024-01-25',
    '23.10': '2024-07-11',
    '24.04': '2029-05-31',
    '24.10': '2025-07-10',
    '25.04': '2026-01-15',
    '25.10': '2026-07-09',
    '26.04': '2031-05-29',
    '26.10': '2027-07-15',
  },
};

/**
 * The April releases of even years are long-term ones, and their ecosystem says so. Once a part of such a release has no
 * standard support any more, its records are those of Ubuntu Pro alone; the fix that they name is for subscribers.
 */
function releaseOf(release: string): readonly string[] {
  const found = /^(\d+)\.(\d\d)/.exec(release);
  if (found === null) return [];
  const isLongTerm = Number(found[1]) % 2 === 0 && found[2] === '04';
  if (!isLongTerm) return [`Ubuntu:${found[1]}.${found[2]}`];
  const name = `${found[1]}.${found[2]}:LTS`;
  return [`Ubuntu:${name}`, `Ubuntu:Pro:${name}`];
}
