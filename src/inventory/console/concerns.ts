import { sql } from 'kysely';
import { readCollections } from '#access/console/index.ts';
import type { Collection } from '#access/contract.ts';
import { everything, isInCollection, type Selectable } from '#access/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';
import { readListedHosts } from './hosts.ts';
import { containerPlaces } from './list-containers.ts';
import { reportedNow } from './reported-now.ts';
import { inventorySchema } from './schema.ts';

/** Something that people scope to collections, such as a rule; without collections it holds everywhere. */
interface Scoped {
  readonly collections?: readonly string[] | undefined;
}

/**
 * Whether each of these things concerns the caller: it holds everywhere, names a collection of the caller, or names one
 * that holds something that the caller sees. To who sees everything all of them do.
 */
export async function concernsOf(
  queries: Queries,
  principal: Pick<Principal, 'collections'> | undefined,
  things: readonly Scoped[],
): Promise<(thing: Scoped) => boolean> {
  const own = principal?.collections;
  if (own === undefined) return () => true;
  const named = new Set(things.flatMap(({ collections = [] }) => collections));
  const shared = new Set([...own, everything.id]);
  const all = await readCollections(queries);
  const mine = all.filter(({ id }) => own.includes(id));
  const others = all.filter(({ id }) => named.has(id) && !shared.has(id));
  for (const id of await overlapping(queries, mine, others)) shared.add(id);
  return ({ collections }) => collections === undefined || collections.some((id) => shared.has(id));
}

/** Ids of those of the others that hold something that one of mine holds. */
async function overlapping(
  queries: Queries,
  mine: readonly Collection[],
  others: readonly Collection[],
): Promise<readonly string[]> {
  const open = new Map(others.map((collection) => [collection.id, collection]));
  if (mine.length > 0 && open.size > 0) {
    for await (const places of placesIn(queries, mine)) {
      for (const place of places)
        for (const [id, collection] of open) if (isInCollection(collection, place)) open.delete(id);
      if (open.size === 0) break;
    }
  }
  return others.flatMap(({ id }) => (open.has(id) ? [] : [id]));
}

/** What collections ask of all that these hold: hosts, images on hosts and containers, some at a time. */
export async function* placesIn(
  queries: Queries,
  collections: readonly Pick<Collection, 'selects'>[],
): AsyncGenerator<readonly Selectable[]> {
  const isHeld = (place: Selectable): boolean => collections.some((one) => isInCollection(one, place));
  const hosts = await readListedHosts(queries);
  yield hosts.map(({ name, environment }) => placeOf(name, environment)).filter(isHeld);
  for await (const places of imagePlaces(queries)) yield places.filter(isHeld);
  for await (const places of containerPlaces(queries)) yield places.filter(isHeld);
}

function placeOf(host: string, environment: string | undefined, images: readonly string[] = []): Selectable {
  return { images, labels: {}, host, ...(environment === undefined ? {} : { environment }) };
}

/** Images whose names are read at once. */
const rowsAtOnce = 1_000;

async function* imagePlaces(queries: Queries): AsyncGenerator<readonly Selectable[]> {
  let last = { host: '', id: '' };
  for (;;) {
    const { rows } = await sql<{ host: string; id: string; names: readonly string[]; environment: string | null }>`
      select image.host, image.id, image.names, host.environment
      from inventory.image join inventory.host on host.name = image.host
      where gone_at is null and ${reportedNow('image')} and (image.host, image.id) > (${last.host}, ${last.id})
      order by image.host, image.id limit ${rowsAtOnce}`.execute(queries.query(inventorySchema));
    yield rows.map(({ host, names, environment }) => placeOf(host, environment ?? undefined, names));
    const end = rows.at(-1);
    if (end === undefined || rows.length < rowsAtOnce) return;
    last = end;
  }
}
