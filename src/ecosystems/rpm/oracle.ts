import type { Package } from '../contract.ts';
import { type DistributionRule, type Lookup, majorOf } from '../ecosystem.ts';
import { byBinaryAlone } from './lookups.ts';
import { builtBy } from './vendors.ts';

export const oracle: DistributionRule = {
  ids: { ol: 'oracle' },
  label: 'Oracle Linux',
  ecosystems: (release) => [`Oracle Linux:${majorOf(release)}`],
  lookups: ofItsFlavour,
  foreignBuilder: builtBy(/^Oracle\b/),
  feeds: [
    {
      family: 'Oracle Linux',
      path: 'Oracle Linux/com.oracle.elsa-all.xml.bz2',
      url: 'https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2',
      tried: 'samples',
    },
  ],
  // Premier support, until the end of the month.
  endOfLife: { '7': '2024-12-31', '8': '2029-07-31', '9': '2032-06-30', '10': '2035-06-30' },
};

/** Builds for Ksplice and for FIPS have fixes of their own, with versions that do not compare with those of others. */
function ofItsFlavour(one: Package): readonly Lookup[] {
  return byBinaryAlone(one).map((lookup) => ({
    ...lookup,
    accepts: (affected) =>
      lookup.accepts(affected) &&
      affected.ranges.every(({ fixed }) => fixed === undefined || flavourOf(fixed) === flavourOf(one.version)),
  }));
}

function flavourOf(version: string): string {
  return /\.ksplice\d|_fips\b/.exec(version)?.[0].replace(/\d$/, '') ?? '';
}
