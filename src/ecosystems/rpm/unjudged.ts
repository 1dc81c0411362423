import type { DistributionRule } from '../ecosystem.ts';

/** Distributions whose package URLs have a namespace of their own, and whose advisories no feed that is read has. */
export const unjudged: readonly DistributionRule[] = [
  without(
    'Fedora',
    { fedora: 'fedora' },
    {
      '39': '2024-11-26',
      '40': '2025-05-13',
      '41': '2025-12-15',
      '42': '2026-05-13',
      '43': '2026-12-09',
    },
  ),
];

function without(
  label: string,
  ids: Readonly<Record<string, string>>,
  endOfLife: DistributionRule['endOfLife'],
): DistributionRule {
  return { ids, label, ecosystems: () => [], lookups: () => [], feeds: [], endOfLife };
}
