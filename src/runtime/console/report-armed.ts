import { sql } from 'kysely';
import { type FactHandler, readFacts } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { ArmedFact } from '../contract.ts';
import { limits } from '../limits.ts';
import { sensorChanged } from './facts.ts';
import { runtimeSchema } from './schema.ts';

/** Fact `armed`: the newest of a container replaces the older. */
export const reportArmed: FactHandler = async (transaction, { id: agent, name: host }, facts) => {
  const newest = new Map(readFacts(facts, ArmedFact).map((fact) => [fact.body.container, fact]));
  if (newest.size === 0) return;
  await transaction.lock(`armed ${host}`);
  const rows = [...newest.values()].map(({ at, body }) => ({
    host,
    container: body.container,
    reported_by: agent,
    told_at: at,
    fact: JSON.stringify(body),
  }));
  await transaction
    .query(runtimeSchema)
    .insertInto('armed')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['host', 'container']).doUpdateSet((is) => ({
        reported_by: is.ref('excluded.reported_by'),
        told_at: is.ref('excluded.told_at'),
        fact: is.ref('excluded.fact'),
      })),
    )
    .execute();
  await forgetOldest(transaction, host);
  await transaction.announce(sensorChanged, { host });
};

/** What a host reported of more containers than it can run is forgotten, the oldest first. */
async function forgetOldest(transaction: Transaction, host: string): Promise<void> {
  await sql`
    delete from runtime.armed where host = ${host} and container in (
      select container from runtime.armed where host = ${host}
      order by told_at desc, container offset ${limits.armedOfHost.value})`.execute(transaction.query(runtimeSchema));
}
