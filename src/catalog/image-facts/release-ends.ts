/**
 * Days on which distributions end security fixes for everybody; support that is paid for does not count. Debian: the end of
 * its long-term support, Ubuntu: of standard support (`distro-info-data` 0.66); Alpine: https://alpinelinux.org/releases/;
 * the others by their makers' pages.
 */
const ends: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  debian: {
    7: '2018-05-31',
    8: '2020-06-30',
    9: '2022-06-30',
    10: '2024-06-30',
    11: '2026-08-31',
    12: '2028-06-30',
    13: '2030-06-30',
  },
  ubuntu: {
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
  alpine: {
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
  centos: { 6: '2020-11-30', 7: '2024-06-30', 8: '2021-12-31' },
  rhel: { 7: '2024-06-30', 8: '2029-05-31', 9: '2032-05-31', 10: '2035-05-31' },
  rocky: { 8: '2029-05-31', 9: '2032-05-31', 10: '2035-05-31' },
  almalinux: { 8: '2029-03-01', 9: '2032-05-31', 10: '2035-05-31' },
  amzn: { 1: '2023-12-31', 2: '2026-06-30', 2023: '2029-06-30' },
};

/**
 * The day for a release as os-release names it; `undefined`: not known. Point releases end with their release: Alpine's
 * `3.20.3` is `3.20`, Red Hat's `9.4` is `9`. Red Hat's day is that of the last point release.
 */
export function endOfSupport(id: string, version: string): string | undefined {
  const releases = Object.hasOwn(ends, id) ? (ends[id] ?? {}) : {};
  const parts = version.split('.');
  for (let count = parts.length; count > 0; count -= 1) {
    const name = parts.slice(0, count).join('.');
    if (Object.hasOwn(releases, name)) return releases[name];
  }
  return undefined;
}
