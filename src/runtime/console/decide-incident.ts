import { AppError } from '#base/index.ts';
import { audit, type Writer } from '#access/console/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { decideIncident, Incident } from '../contract.ts';
import { incidentsChanged } from './facts.ts';
import { readSeenIncident, toIncident } from './incidents.ts';
import type { Dependencies } from './dependencies.ts';
import { runtimeSchema } from './schema.ts';

type Wanted = HandlerInput<typeof decideIncident>['body'] & { readonly id: number };

const actions = {
  open: 'incident-opened',
  acknowledged: 'incident-acknowledged',
  closed: 'incident-closed',
} as const;

/**
 * Throws `bad-request` when an incident is closed without a reason, `not-found` when there is none that the caller may
 * see, `not-allowed` when the caller may see only a part of it.
 */
export async function decideOn(
  { store, clock }: Dependencies,
  { id, to, note }: Wanted,
  { principal, author, view }: Writer & { readonly view: View },
): Promise<Incident> {
  if (to === 'closed' && note.trim() === '')
    throw new AppError('bad-request', 'An incident is closed for a reason.', {
      next: 'Say in `note` why it is closed; the audit trail keeps it.',
    });
  return await store.transaction(async (transaction) => {
    await transaction.lock(`incident ${id}`);
    const seen = await readSeenIncident(transaction, id, view);
    if (seen === undefined) throw new AppError('not-found', 'There is no such incident.');
    if (seen.concerned?.isAll === false)
      throw new AppError('not-allowed', 'This incident is also about containers that you may not see.', {
        next: 'Ask somebody who may see all containers of the host.',
      });
    const { row } = seen;
    const acknowledged = to === 'open' ? null : { by: principal.name, at: clock().toISOString(), note };
    await transaction
      .query(runtimeSchema)
      .updateTable('incident')
      .set({ state: to, acknowledged: acknowledged === null ? null : JSON.stringify(acknowledged) })
      .where('id', '=', id)
      .execute();
    await transaction.announce(incidentsChanged, { incident: id });
    const target = { kind: 'incident', id: String(id), name: row.title };
    await audit(transaction, { ...author, action: actions[to], target, detail: { before: row.state, note } });
    return toIncident({ ...row, state: to, acknowledged });
  });
}
