import { readRunningContainers, readRunningKeys, type View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { unreportedReason } from '../lease.ts';
import { complianceSchema } from './schema.ts';

/** A container that runs, as its host says, and of which no facts are here: nobody knows how its checks stand. */
export interface UnreportedContainer {
  readonly host: string;
  readonly id: string;
  readonly name: string;
  /** When its host said so last: since then it has run without a report. */
  readonly since: Date;
  readonly reason: string;
}

interface Asked {
  readonly view: View;
  readonly now: Date;
}

/** Those that the caller may see, in the order of hosts and ids. */
export async function unreportedContainers(
  queries: Queries,
  { view, now }: Asked,
  one?: { readonly host: string; readonly id: string },
): Promise<readonly UnreportedContainer[]> {
  const running = await readRunningKeys(queries, one);
  const reported = await reportedKeys(queries, one);
  const others = running.filter((key) => !reported.has(textOf(key)));
  if (others.length === 0) return [];
  const found = await readRunningContainers(queries, {
    hosts: [...new Set(others.map(({ host }) => host))],
    ids: others.map(({ id }) => id),
  });
  const wanted = new Set(others.map(textOf));
  return found.flatMap(({ id, name, place, since }) => {
    const { host } = place;
    const isThere = wanted.has(textOf({ host, id })) && (view === undefined || view(place));
    return isThere ? [{ host, id, name, since, reason: unreportedReason(since, now) }] : [];
  });
}

function textOf({ host, id }: { readonly host: string; readonly id: string }): string {
  return `${host} ${id}`;
}

async function reportedKeys(
  queries: Queries,
  one: { readonly host: string; readonly id: string } | undefined,
): Promise<ReadonlySet<string>> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('subject')
    .select(['host', 'id'])
    .where('kind', '=', 'container')
    .$if(one !== undefined, (all) => all.where('host', '=', one?.host ?? '').where('id', '=', one?.id ?? ''))
    .execute();
  return new Set(rows.map(textOf));
}
