import { sql } from 'kysely';
import type { Store } from '#store/index.ts';
import { limits } from '../limits.ts';
import { pruneTransitions } from './transitions.ts';
import { complianceSchema } from './schema.ts';

/** Longer than a report takes; what a host reports and replaces all the time is not kept for longer. */
const grace = 60 * 60_000;

/**
 * Forgets facts and documents that no subject has now or had just before, and that nobody reported for an hour: what is
 * being reported at this moment is not seen here yet.
 */
export async function prune(store: Store, now: Date): Promise<void> {
  const before = new Date(now.getTime() - grace);
  await store.transaction(
    async (transaction) => await pruneTransitions(transaction, { now, years: limits.transitionYears.value }),
  );
  await store.transaction(async (transaction) => {
    const database = transaction.query(complianceSchema);
    await sql`
      delete from compliance.facts where seen_at < ${before} and not exists (select from compliance.subject where subject.facts = facts.id)
        and not exists (select from compliance.subject where subject.facts_before = facts.id)`.execute(database);
    await sql`
      delete from compliance.document where seen_at < ${before} and not exists (
        select from compliance.facts, json_array_elements(facts.documents) as named
        where named ->> 'hash' = document.hash)`.execute(database);
    await sql`
      delete from compliance.outcome where seen_at < ${before} and not exists (
        select from compliance.facts where facts.outcome = outcome.id)`.execute(database);
  });
}
