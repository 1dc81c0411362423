import { readSilences } from '#compliance/console/index.ts';
import { readListedHosts } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { getControl } from '../../contract-evidence.ts';
import type { Looking } from './looking.ts';
import { everywhere } from './scopes.ts';

type Gaps = Immutable<ReplyOf<typeof getControl>>['gaps'];

/** Days that are looked back for gaps, as far as the strip goes. */
const lookedBack = 366;

/** When hosts that the caller may see were silent, the newest first. */
export async function readGaps(queries: Queries, { view, scope, now }: Looking): Promise<Gaps> {
  const since = new Date(now.getTime() - lookedBack * 86_400_000);
  const hosts = new Map((await readListedHosts(queries)).map((one) => [one.name, one.environment]));
  const silences = await readSilences(queries, since);
  return silences
    .filter(({ host }) => {
      const environment = hosts.get(host);
      const location = { host, images: [], labels: {}, ...(environment !== undefined && { environment }) };
      const isThere = scope.environment === everywhere || (environment ?? 'none') === scope.environment;
      return isThere && (view === undefined || view(location));
    })
    .map(({ host, from, to }) => ({
      host,
      from: from.toISOString(),
      ...(to !== undefined && { to: to.toISOString() }),
      reason: `${host} was silent${to === undefined ? ' and still is' : ''}: its evidence ended with its lease.`,
    }));
}
