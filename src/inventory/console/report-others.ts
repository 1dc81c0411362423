import { sql } from 'kysely';
import { type FactHandler, readFacts } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { SubjectFact, UnscannedFact } from '../contract.ts';
import { limits } from '../limits.ts';
import { hostChanged, subjectPlaced } from './facts.ts';
import { hostOf } from './host-environment.ts';
import { newestOf } from './parse.ts';
import { fittingRows } from './quotas.ts';
import { inventorySchema } from './schema.ts';

/** Fact `unscanned`. */
export const reportUnscanned: FactHandler = async (transaction, agent, facts) => {
  const reported = newestOf(readFacts(facts, UnscannedFact), ({ target }) => target);
  const { row: host } = await hostOf(transaction, agent);
  const fitting = await fittingRows(
    transaction,
    { host: host.name, reported, readKnown: async () => await knownIn(transaction, host.name, 'unscanned') },
    { table: 'unscanned', limit: limits.unscanned },
  );
  let changed = false;
  for (const { body } of fitting) changed = (await saveUnscanned(transaction, host.name, body)) || changed;
  if (changed) await transaction.announce(hostChanged, { host: host.name });
};

/** Fact `subject`. */
export const reportSubjects: FactHandler = async (transaction, agent, facts) => {
  const reported = newestOf(readFacts(facts, SubjectFact), ({ subject }) => subject);
  const { row: host } = await hostOf(transaction, agent);
  const fitting = await fittingRows(
    transaction,
    { host: host.name, reported, readKnown: async () => await knownIn(transaction, host.name, 'other_subject') },
    { table: 'other_subject', limit: limits.subjects },
  );
  let changed = false;
  for (const { body } of fitting) {
    if (!(await saveSubject(transaction, { host: host.name, agent: agent.id }, body))) continue;
    changed = true;
    await transaction.announce(subjectPlaced, { subject: body.subject });
  }
  if (changed) await transaction.announce(hostChanged, { host: host.name });
};

/** Whether something needs no room: it stands there, or what is told takes it away. */
async function knownIn(
  transaction: Transaction,
  host: string,
  table: 'unscanned' | 'other_subject',
): Promise<(one: { readonly body: UnscannedFact | SubjectFact }) => boolean> {
  const column = sql.id(table === 'unscanned' ? 'target' : 'subject');
  const { rows } = await sql<{ id: string }>`
    select ${column} as id from ${sql.id('inventory', table)} where host = ${host}`.execute(
    transaction.query(inventorySchema),
  );
  const known = new Set(rows.map(({ id }) => id));
  return ({ body }) =>
    body.state === 'scanned' || body.state === 'gone' || known.has('target' in body ? body.target : body.subject);
}

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
