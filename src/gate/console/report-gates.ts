import { audit } from '#access/console/index.ts';
import { type FactHandler, readFacts } from '#link/console/index.ts';
import { BreakGlassFact, GateFact, RoguesFact } from '../contract.ts';
import { canaryPassed, gateChanged } from './facts.ts';
import { gateSchema } from './schema.ts';

/** Fact `gate`: the newest replaces the older. A trial that a gate let through is announced once. */
export const reportGate: FactHandler = async (transaction, { name: host }, facts) => {
  const newest = readFacts(facts, GateFact).at(-1);
  if (newest === undefined) return;
  const fact = JSON.stringify(newest.body);
  const database = transaction.query(gateSchema);
  const known = await database.selectFrom('gate').select('fact').where('host', '=', host).executeTakeFirst();
  const row = { told_at: newest.at, fact };
  await database
    .insertInto('gate')
    .values({ host, ...row })
    .onConflict((conflict) => conflict.column('host').doUpdateSet(row))
    .execute();
  if (known === undefined || JSON.stringify(known.fact) !== fact) await transaction.announce(gateChanged, { host });
  const { canary } = newest.body;
  if (canary?.passed === true && canary.at !== known?.fact.canary?.at)
    await transaction.announce(canaryPassed, { host, at: canary.at });
};

/** Fact `rogues`: the newest replaces the older. */
export const reportRogues: FactHandler = async (transaction, { name: host }, facts) => {
  const newest = readFacts(facts, RoguesFact).at(-1);
  if (newest === undefined) return;
  const rogues = JSON.stringify(newest.body.rogues);
  const database = transaction.query(gateSchema);
  const known = await database.selectFrom('rogue').select('rogues').where('host', '=', host).executeTakeFirst();
  const row = { told_at: newest.at, rogues };
  await database
    .insertInto('rogue')
    .values({ host, ...row })
    .onConflict((conflict) => conflict.column('host').doUpdateSet(row))
    .execute();
  if (JSON.stringify(known?.rogues ?? []) !== rogues) await transaction.announce(gateChanged, { host });
};

/** Fact `break-glass`: each is stored once, and stands in the audit trail as what root of the host did. */
export const reportBreakGlass: FactHandler = async (transaction, { id: agent, name: host }, facts) => {
  await transaction.lock(`break-glass ${host}`);
  const database = transaction.query(gateSchema);
  for (const { at, body } of readFacts(facts, BreakGlassFact)) {
    const { id, digest, until, reason, user } = body;
    const { numInsertedOrUpdatedRows: added } = await database
      .insertInto('break_glass')
      .values({
        host,
        id,
        digest,
        at: new Date(body.at),
        until: new Date(until),
        received_at: at,
        fact: JSON.stringify(body),
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (added !== 1n) continue;
    await transaction.announce(gateChanged, { host });
    await audit(transaction, {
      actor: { kind: 'agent', id: agent, name: host },
      action: 'break-glass-used',
      target: { kind: 'image', id: digest },
      detail: { host, user, reason, at: body.at, until },
    });
  }
};
