import { bySource, type DistributionRule, majorOf, osvDump } from '../ecosystem.ts';
import { builtBy } from './vendors.ts';

/** Called CBL-Mariner until 2.0. */
export const azureLinux: DistributionRule = {
  ids: { azurelinux: 'azurelinux', mariner: 'azurelinux' },
  label: 'Azure Linux',
  ecosystems: (release) => [`Azure Linux:${majorOf(release)}`],
  lookups: bySource,
  foreignBuilder: builtBy(/^Microsoft\b/),
  feeds: [osvDump('Azure Linux', 'whole')],
  endOfLife: { '1': '2023-08-31', '2': '2025-07-31' },
};
