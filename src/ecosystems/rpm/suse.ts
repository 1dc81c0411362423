import { bySource, type DistributionRule, majorOf, osvDump } from '../ecosystem.ts';
import { builtBy } from './vendors.ts';

const foreignBuilder = builtBy(/^(?:SUSE\b|openSUSE\b|obs:\/\/build\.(?:suse\.de|opensuse\.org)\/(?:SUSE|openSUSE):)/);

/** Of a release the repositories that the product draws from. Which of them a package is from, nothing in an image tells. */
export const suse: DistributionRule = {
  ids: { sles: 'suse', sled: 'suse', sles_sap: 'suse', sle_hpc: 'suse' },
  label: 'SUSE Linux Enterprise',
  ecosystems: productsOf,
  lookups: bySource,
  foreignBuilder,
  feeds: [osvDump('SUSE', 'samples')],
  // General support, without LTSS.
  endOfLife: {
    '12.5': '2024-10-31',
    '15.1': '2021-01-31',
    '15.2': '2021-12-31',
    '15.3': '2022-12-31',
    '15.4': '2023-12-31',
    '15.5': '2024-12-31',
    '15.6': '2025-12-31',
    '15.7': '2031-07-31',
  },
};

export const openSuse: DistributionRule = {
  ids: { 'opensuse-leap': 'opensuse', 'opensuse-tumbleweed': 'opensuse', opensuse: 'opensuse' },
  label: 'openSUSE',
  // Tumbleweed's version is the day of its snapshot.
  ecosystems: (release) =>
    /^\d{8}/.test(release) ? ['openSUSE:Tumbleweed'] : [`openSUSE:Leap ${release}`, `openSUSE:Leap ${release} NonFree`],
  lookups: bySource,
  foreignBuilder,
  feeds: [osvDump('openSUSE', 'samples')],
  endOfLife: {
    '15.2': '2022-01-04',
    '15.3': '2022-12-31',
    '15.4': '2023-12-07',
    '15.5': '2024-12-31',
    '15.6': '2026-04-30',
    '16.0': '2027-10-31',
  },
};

/** Modules of SUSE Linux Enterprise 15, which has no other repositories for packages. */
const modules = [
  'Basesystem',
  'Server Applications',
  'Development Tools',
  'Web and Scripting',
  'Python 3',
  'Containers',
  'Desktop Applications',
  'Legacy',
  'Public Cloud',
  'Systems Management',
  'Certifications',
  'Confidential Computing',
  'Transactional Server',
  'HPC',
  'SAP Applications',
  'Open Buildservice Development Tools',
  'RT',
  'Live Patching',
];

function productsOf(release: string): readonly string[] {
  if (!/^\d+(?:\.\d+)?$/.test(release)) return [];
  const [major, pack] = [majorOf(release), release.split('.')[1]];
  const of15 = major === '15' ? modules : [];
  const called = Number(major) > 15 || pack === undefined || pack === '0' ? release : `${major} SP${pack}`;
  const products = [
    `Server ${called}`,
    `Server ${called}-LTSS`,
    `Desktop ${called}`,
    `Software Development Kit ${called}`,
  ];
  const names = [...of15.map((name) => `Module for ${name} ${called}`), ...products];
  return names.map((name) => `SUSE:Linux Enterprise ${name}`);
}
