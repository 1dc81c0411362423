import { type DistributionRule, majorOf, osvDump } from '../ecosystem.ts';
import { byBinary } from './lookups.ts';
import { builtBy } from './vendors.ts';

export const almalinux: DistributionRule = {
  ids: { almalinux: 'almalinux' },
  label: 'AlmaLinux',
  ecosystems: (release) => [`AlmaLinux:${majorOf(release)}`],
  lookups: byBinary,
  foreignBuilder: builtBy(/^AlmaLinux\b/),
  feeds: [osvDump('AlmaLinux', 'whole')],
  endOfLife: { '8': '2029-03-01', '9': '2032-05-31', '10': '2035-05-31' },
};
