import { type DistributionRule, majorOf, osvDump } from '../ecosystem.ts';
import { byBinary } from './lookups.ts';

/** CentOS was built from its sources, and nobody else speaks for it. */
export const redHat: DistributionRule = {
  ids: { rhel: 'redhat', centos: 'centos' },
  label: 'Red Hat Enterprise Linux',
  ecosystems: repositoriesOf,
  lookups: byBinary,
  feeds: [osvDump('Red Hat', 'part')],
  endOfLife: { '7': '2024-06-30', '8': '2029-05-31', '9': '2032-05-31', '10': '2035-05-31' },
};

/** Repositories of a release that an image can draw from, as Red Hat's CPEs call them; `''` stands for the product. */
const parts = [
  '::baseos',
  '::appstream',
  '::crb',
  '::supplementary',
  '::highavailability',
  '::resilientstorage',
  '::realtime',
  '::nfv',
  '::fastdatapath',
  '::server',
  '::client',
  '::workstation',
  '::computenode',
  '',
];

function repositoriesOf(release: string): readonly string[] {
  return /^\d/.test(release) ? parts.map((part) => `Red Hat:enterprise_linux:${majorOf(release)}${part}`) : [];
}
