import { sql } from 'kysely';
import { type FactHandler, readFacts } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { ComplianceLookedFact } from '../contract.ts';
import { hostOutdated } from './facts.ts';
import { complianceSchema } from './schema.ts';

/**
 * Fact `compliance-looked`: subjects are as they were reported last. It renews their leases; of one that is another here,
 * or is not known, it says nothing.
 */
export const reportLooked: FactHandler = async (transaction, { id: agent, name: host }, facts) => {
  const read = readFacts(facts, ComplianceLookedFact);
  const looked = read.flatMap(({ at, body }) => body.subjects.map((subject) => ({ ...subject, at })));
  if (looked.length === 0) return;
  await transaction.lock(`compliance ${host}`);
  const { rows } = await sql<Subject>`
    update compliance.subject set reported_at = greatest(reported_at, made.at), reported_by = ${agent}, refused_at = null
    from (
      select kind, id, facts, max(at) as at from json_to_recordset(${JSON.stringify(looked)}::json)
        as one (kind text, id text, facts text, at timestamptz)
      group by kind, id, facts
    ) as made
    where subject.host = ${host} and subject.kind = made.kind and subject.id = made.id and subject.facts = made.facts
    returning subject.kind, subject.id`.execute(transaction.query(complianceSchema));
  await announceAwaited(transaction, host, rows);
};

interface Subject {
  readonly kind: string;
  readonly id: string;
}

/** Another look at a container that a rule would stop, or the first word of a silent subject, is judged at once. */
export async function announceAwaited(
  transaction: Transaction,
  host: string,
  subjects: readonly Subject[],
): Promise<void> {
  const keys = subjects.map(({ kind, id }) => `${kind} ${id}`);
  const { rows } = await sql<{ awaited: boolean }>`
    select exists (
      select from compliance.suspect where host = ${host} and 'container ' || container = any(${keys}::text[])
    ) or exists (
      select from compliance.stands where host = ${host} and silent and kind || ' ' || id = any(${keys}::text[])
    ) as awaited`.execute(transaction.query(complianceSchema));
  if (rows[0]?.awaited === true) await transaction.announce(hostOutdated, { host });
}
