import type { AffectedPackage, VulnerabilityDatabase } from '#vulnerability/index.ts';
import { databaseOf, debianPackage, publicationOf } from './testing.ts';

/** What the tests of the explorer scan: a handful of images of Debian packages, and advisories about those. */

const now = new Date('2026-11-24T12:00:00Z');
export const clock = (): Date => now;

export function advisory(
  number: number,
  name: string,
  more: Partial<AffectedPackage> = {},
): AffectedPackage & { name: string } {
  return {
    name,
    advisory: `DEBIAN-CVE-2026-${1000 + number}`,
    aliases: [`CVE-2026-${1000 + number}`],
    ranges: [{ introduced: '0', fixed: '2.0-1' }],
    versions: [],
    cvss: [],
    ...more,
  };
}

export const rated = (severity: 'critical' | 'high' | 'low') => ({ severity: { source: 'debian', severity } });

const unfixed = { ranges: [{ introduced: '0' }] };

/** A score apart for each, a shared one, unrated ones, and one that is exploited. */
export function databaseBuiltAt(
  builtAt: string,
  records: readonly (AffectedPackage & { readonly name: string })[],
): VulnerabilityDatabase {
  const names = new Map(records.map((record) => [record.advisory, record.name]));
  return databaseOf(records, {
    builtAt,
    nameOf: ({ advisory: id }) => names.get(id) ?? '',
    cve: (id) => ({
      cvss: [],
      ...(id === 'CVE-2026-1002' ? { kev: { added: '2026-01-01', ransomware: false } } : {}),
    }),
  });
}

export const advisories = [
  advisory(1, 'openssl', rated('critical')),
  advisory(2, 'openssl', rated('high')),
  advisory(3, 'curl', { ...rated('high'), ...unfixed }),
  ...Array.from({ length: 12 }, (_, number) => advisory(100 + number, 'zlib_100%')),
  advisory(4, 'bash', rated('low')),
];

export function image(number: number, name: string, packages: readonly string[]) {
  return publicationOf({
    number,
    names: [name],
    packages: packages.map((one, index) => debianPackage(one, '1.0-1', index % 2)),
    scannedAt: '2026-11-24T11:00:00Z',
  });
}
