import { readSilences } from '#compliance/console/index.ts';
import { readListedHosts } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { type getControl, longestStrip } from '../../contract-evidence.ts';
import type { Looking } from './looking.ts';
import { everywhere, noEnvironment } from './scopes.ts';

type Gaps = Immutable<ReplyOf<typeof getControl>>['gaps'];

/** When hosts that the caller may see were silent before the moment that is looked at, the newest first. */
export async function readGaps(queries: Queries, { view, scope, now, moment }: Looking): Promise<Gaps> {
  const until = moment?.at ?? now;
  const since = new Date(until.getTime() - longestStrip * 86_400_000);
  const hosts = new Map((await readListedHosts(queries)).map((one) => [one.name, one.environment]));
  const isSeen = (host: string): boolean => {
    const environment = hosts.get(host);
    const location = { host, images: [], labels: {}, ...(environment !== undefined && { environment }) };
    const isThere = scope.environment === everywhere || (environment ?? noEnvironment) === scope.environment;
    return isThere && (view === undefined || view(location));
  };
  const silences = await readSilences(queries, { since, until, isWanted: isSeen });
  return silences.map(({ host, from, to }) => ({
    host,
    from: from.toISOString(),
    ...(to !== undefined && { to: to.toISOString() }),
    reason: `${host} was silent${to === undefined ? ' and still is' : ''}: its evidence ended with its lease.`,
  }));
}
