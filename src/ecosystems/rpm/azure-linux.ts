import { bySource, type DistributionRule, majorOf, osvDump } from '../ecosystem.ts';

export const azureLinux: DistributionRule = {
  ids: { azurelinux: 'azurelinux' },
  label: 'Azure Linux',
  ecosystems: (release) => [`Azure Linux:${majorOf(release)}`],
  lookups: bySource,
  feeds: [osvDump('Azure Linux', 'whole')],
  endOfLife: {},
};
