import { createHash } from 'node:crypto';
import { AppError } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { AgentRow } from './agents.ts';
import { holds, promoted } from './certificate-life.ts';
import type { Dependencies } from './dependencies.ts';
import { readmitRenewed } from './readmit-renewed.ts';
import { linkSchema } from './schema.ts';

type AuthenticationDependencies = Pick<Dependencies, 'store' | 'clock'>;

/**
 * The agent that a certificate speaks for. It has to be one that we know as the agent's current one, the one issued last,
 * or the one before within an hour; that an authority signed it is not enough, unless the copy that was restored is too old
 * to know it. Throws `AppError` `agent-revoked`.
 */
export async function agentOfCertificate(
  dependencies: AuthenticationDependencies,
  certificate: Buffer,
): Promise<Principal | undefined> {
  const fingerprint = createHash('sha256').update(certificate).digest('hex');
  const row = (await find(dependencies, fingerprint)) ?? (await readmitRenewed(dependencies, certificate));
  if (row === undefined || !holds(row, fingerprint, dependencies.clock())) return undefined;
  checkState(row);
  if (row.next_fingerprint === fingerprint) await promote(dependencies, row);
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

async function find({ store }: AuthenticationDependencies, fingerprint: string): Promise<AgentRow | undefined> {
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

/** The agent has its new certificate safe: it used it. Until then the one before holds, whatever became of the reply. */
async function promote({ store, clock }: AuthenticationDependencies, row: AgentRow): Promise<void> {
  const set = promoted(row, clock());
  if (set === undefined) return;
  await store
    .query(linkSchema)
    .updateTable('agent')
    .set(set)
    .where('id', '=', row.id)
    .where('next_fingerprint', '=', set.fingerprint)
    .execute();
}
