import type { DistributionRule } from '../ecosystem.ts';

/** Distributions whose package URLs have a namespace of their own, and whose advisories no feed that is read has. */
export const unjudged: readonly DistributionRule[] = [
  without('Oracle Linux', { ol: 'oracle' }),
  without('Amazon Linux', { amzn: 'amazon' }),
  without('SUSE Linux Enterprise', { sles: 'suse' }),
  without('openSUSE', { 'opensuse-leap': 'opensuse', 'opensuse-tumbleweed': 'opensuse' }),
];

function without(label: string, ids: Readonly<Record<string, string>>): DistributionRule {
  return { ids, label, ecosystems: () => [], lookups: () => [], feeds: [], endOfLife: {} };
}
