import { type DistributionRule, majorOf, osvDump } from '../ecosystem.ts';
import { bySourceOfModule } from './lookups.ts';
import { builtBy } from './vendors.ts';

export const rocky: DistributionRule = {
  ids: { rocky: 'rocky' },
  label: 'Rocky Linux',
  ecosystems: (release) => [`Rocky Linux:${majorOf(release)}`],
  lookups: bySourceOfModule,
  foreignBuilder: builtBy(/^Rocky\b/),
  feeds: [osvDump('Rocky Linux', 'samples')],
  endOfLife: { '8': '2029-05-31', '9': '2032-05-31', '10': '2035-05-31' },
};
