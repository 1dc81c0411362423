import { createHash } from 'node:crypto';
import { AppError } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { AgentRow } from './agents.ts';
import type { Parts } from './parts.ts';
import { linkSchema } from './schema.ts';

/** A certificate that was renewed holds so long after the new one was first used. */
const overlap = 60 * 60_000;

type AuthenticationParts = Pick<Parts, 'store' | 'clock'>;

/**
 * The agent that a certificate speaks for. It has to be one that we know as the agent's current one, the one issued last,
 * or the one before within an hour; that an authority signed it is not enough. Throws `AppError` `agent-revoked`.
 */
export async function agentOfCertificate(
  parts: AuthenticationParts,
  certificate: Buffer,
): Promise<Principal | undefined> {
  const fingerprint = createHash('sha256').update(certificate).digest('hex');
  const row = await find(parts, fingerprint);
  if (row === undefined || !holds(row, fingerprint, parts.clock())) return undefined;
  checkState(row);
  if (row.next_fingerprint === fingerprint) await promote(parts, row);
  const { id, name, environment } = row;
  return {
    kind: 'agent',
    id,
    name,
    // Of what needs `publish`, this port serves only the question which scans are wanted.
    permissions: ['report', 'publish'],
    ...(environment === null ? {} : { environment }),
  };
}

/** Throws `AppError` `agent-revoked` when nothing is taken from the agent any more. */
export function checkState({ state, name }: Pick<AgentRow, 'state' | 'name'>): void {
  switch (state) {
    case 'live':
    case 'silent':
      return;
    case 'revoked':
      throw new AppError('agent-revoked', `The agent of ${name} was revoked.`);
    case 'replaced':
      throw new AppError('agent-revoked', `Another agent joined as ${name}; this one was replaced.`);
  }
}

async function find({ store }: AuthenticationParts, fingerprint: string): Promise<AgentRow | undefined> {
  return store
    .query(linkSchema)
    .selectFrom('agent')
    .selectAll()
    .where((is) =>
      is.or([
        is('fingerprint', '=', fingerprint),
        is('next_fingerprint', '=', fingerprint),
        is('previous_fingerprint', '=', fingerprint),
      ]),
    )
    .executeTakeFirst();
}

/** TLS looks at the end of a certificate only when a connection begins. */
function holds(row: AgentRow, fingerprint: string, now: Date): boolean {
  switch (fingerprint) {
    case row.fingerprint:
      return row.not_after > now;
    case row.next_fingerprint:
      return row.next_not_after !== null && row.next_not_after > now;
    default:
      return row.previous_until !== null && row.previous_until > now;
  }
}

/** The agent has its new certificate safe: it used it. Until then the one before holds, whatever became of the reply. */
async function promote({ store, clock }: AuthenticationParts, row: AgentRow): Promise<void> {
  const { id, fingerprint, next_fingerprint: next, next_not_after: notAfter, not_after: ended } = row;
  if (next === null || notAfter === null) return;
  const until = Math.min(ended.getTime(), clock().getTime() + overlap);
  await store
    .query(linkSchema)
    .updateTable('agent')
    .set({
      fingerprint: next,
      not_after: notAfter,
      next_fingerprint: null,
      next_not_after: null,
      previous_fingerprint: fingerprint,
      previous_until: new Date(until),
    })
    .where('id', '=', id)
    .where('next_fingerprint', '=', next)
    .execute();
}
