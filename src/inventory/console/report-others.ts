import { sql } from 'kysely';
import { type FactHandler, readFacts } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { SubjectFact, UnscannedFact } from '../contract.ts';
import { hostChanged, subjectPlaced } from './facts.ts';
import { newestOf } from './parse.ts';
import { inventorySchema } from './schema.ts';
import { hostOf } from './stand.ts';

/** Fact `unscanned`. */
export const reportUnscanned: FactHandler = async (transaction, agent, facts) => {
  const told = newestOf(readFacts(facts, UnscannedFact), ({ target }) => target);
  const { row: host } = await hostOf(transaction, agent);
  let changed = false;
  for (const { body } of told) changed = (await saveUnscanned(transaction, host.name, body)) || changed;
  if (changed) await transaction.announce(hostChanged, { host: host.name });
};

/** Fact `subject`. */
export const reportSubjects: FactHandler = async (transaction, agent, facts) => {
  const told = newestOf(readFacts(facts, SubjectFact), ({ subject }) => subject);
  const { row: host } = await hostOf(transaction, agent);
  let changed = false;
  for (const { body } of told) {
    if (!(await saveSubject(transaction, { host: host.name, agent: agent.id }, body))) continue;
    changed = true;
    await transaction.announce(subjectPlaced, { subject: body.subject });
  }
  if (changed) await transaction.announce(hostChanged, { host: host.name });
};

/** Gives whether it was not known so. */
async function saveUnscanned(transaction: Transaction, host: string, body: UnscannedFact): Promise<boolean> {
  const { target, state, name, code, reason } = body;
  const statement =
    state === 'scanned'
      ? sql`delete from inventory.unscanned where host = ${host} and target = ${target}`
      : sql`
          insert into inventory.unscanned as known (host, target, name, code, reason)
          values (${host}, ${target}, ${name}, ${code}, ${reason})
          on conflict (host, target) do update
            set name = excluded.name, code = excluded.code, reason = excluded.reason
            where (known.name, known.code, known.reason) is distinct from (excluded.name, excluded.code, excluded.reason)`;
  const { numAffectedRows = 0n } = await statement.execute(transaction.query(inventorySchema));
  return numAffectedRows > 0n;
}

/** Gives whether it was not known so. */
async function saveSubject(
  transaction: Transaction,
  { host, agent }: { readonly host: string; readonly agent: string },
  body: SubjectFact,
): Promise<boolean> {
  const { subject, state, names } = body;
  const statement =
    state === 'gone'
      ? sql`delete from inventory.other_subject where host = ${host} and subject = ${subject}`
      : sql`
          insert into inventory.other_subject as known (host, subject, names, reported_by)
          values (${host}, ${subject}, ${names}::text[], ${agent})
          on conflict (subject, host) do update set names = excluded.names, reported_by = excluded.reported_by
            where (known.names, known.reported_by) is distinct from (excluded.names, excluded.reported_by)`;
  const { numAffectedRows = 0n } = await statement.execute(transaction.query(inventorySchema));
  return numAffectedRows > 0n;
}
