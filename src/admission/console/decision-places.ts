import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { View } from '#inventory/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { admissionSchema } from './schema.ts';

/** Numbers of where decisions were made, as far as the caller may see: all of a place, or none. `undefined`: everything. */
export type Places = readonly number[] | undefined;

/** Few places differ, so they are asked for the view, and the database for the decisions made there. */
export async function visiblePlaces(queries: Queries, view: View): Promise<Places> {
  if (view === undefined) return undefined;
  const rows = await queries.query(admissionSchema).selectFrom('decision_place').select(['id', 'place']).execute();
  return rows.filter(({ place }) => view(JSON.parse(place))).map(({ id }) => id);
}

/** The number of each place, by its text. Those that are new get one, and each is kept while the transaction lasts. */
export async function numberPlaces(
  transaction: Transaction,
  places: readonly string[],
): Promise<(place: string) => number> {
  const byHash = new Map(places.map((place) => [hashOf(place), place]));
  // In one order, so that no two transactions wait for each other.
  const hashes = [...byHash.keys()].toSorted();
  const known = await keepPlaces(transaction, hashes);
  const missing = hashes.filter((hash) => !known.has(hash));
  if (missing.length > 0) {
    await sql`insert into admission.decision_place (hash, place)
      select * from unnest(${missing}::text[], ${missing.map((hash) => byHash.get(hash))}::text[])
      on conflict (hash) do nothing`.execute(transaction.query(admissionSchema));
  }
  const numbers = missing.length === 0 ? known : await keepPlaces(transaction, hashes);
  return (place) => {
    const number = numbers.get(hashOf(place));
    if (number === undefined) throw new Error('A place of decisions was forgotten while it was noted.');
    return number;
  };
}

/** Numbers by hash; none of them is forgotten before the transaction ends. */
async function keepPlaces(transaction: Transaction, hashes: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await transaction
    .query(admissionSchema)
    .selectFrom('decision_place')
    .select(['id', 'hash'])
    .where('hash', '=', sql<string>`any(${hashes}::text[])`)
    .orderBy('hash')
    .forKeyShare()
    .execute();
  return new Map(rows.map(({ id, hash }) => [hash, id]));
}

/** Deletes the places of which no decision is kept, but those that somebody is noting now. */
export async function forgetPlaces(transaction: Transaction): Promise<void> {
  await sql`delete from admission.decision_place where id in (
    select id from admission.decision_place as known
    where not exists (select from admission.decision where decision.place = known.id)
    for update skip locked)`.execute(transaction.query(admissionSchema));
}

function hashOf(place: string): string {
  return createHash('sha256').update(place).digest('base64url');
}
