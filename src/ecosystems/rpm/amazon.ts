import { type DistributionRule, type FeedAddress, majorOf } from '../ecosystem.ts';
import { byBinaryAlone } from './lookups.ts';
import { builtBy } from './vendors.ts';

/** The first Amazon Linux counts by months: `2018.03` is release 1. */
export const amazon: DistributionRule = {
  ids: { amzn: 'amazon' },
  label: 'Amazon Linux',
  ecosystems: (release) => [`Amazon Linux:${/^201\d\./.test(release) ? '1' : majorOf(release)}`],
  lookups: byBinaryAlone,
  foreignBuilder: builtBy(/^Amazon\b/),
  feeds: [
    repository('2023-core', 'https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list'),
    repository('2-core', 'https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list'),
  ],
  endOfLife: { '1': '2023-12-31', '2': '2026-06-30', '2018.03': '2023-12-31', '2023': '2029-06-30' },
};

/** Its repositories lie at addresses that change with each release; a list names the one of today. */
function repository(name: string, list: string): FeedAddress {
  return {
    family: 'Amazon Linux',
    path: `Amazon Linux/${name}-updateinfo.xml.gz`,
    url: list,
    leads: [
      (answer) => `${(answer.split('\n')[0] ?? '').trim().replace(/\/$/, '')}/repodata/repomd.xml`,
      (answer, address) => {
        const place = /<location href="(repodata\/[^"/]{1,200}updateinfo\.xml\.gz)"/.exec(answer)?.[1];
        return place === undefined ? undefined : new URL(`../${place}`, address).href;
      },
    ],
    tried: 'samples',
  };
}
