import type { Transaction } from '#store/index.ts';
import type { SensorFact } from '../contract.ts';
import { incidentsChanged } from './facts.ts';
import { isWaitingTooLong } from '../waiting.ts';
import type { Dependencies } from './dependencies.ts';
import { repeatIncident } from './repeat-incident.ts';
import { storeDetections } from './report-detections.ts';
import { runtimeSchema } from './schema.ts';
import { reportedContainer, reportedDetection, reportedId } from './reported-detection.ts';

/**
 * Events that a host's sensor told of and that its agent does not keep, or an agent that cannot write: alerts of that host
 * may be missing. One incident for each host while it lasts; the console closes it when all is kept again.
 */
export async function reportWaiting(
  { store, clock }: Dependencies,
  { host }: { readonly host: string },
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(`detections ${host}`);
    const row = await transaction
      .query(runtimeSchema)
      .selectFrom('sensor')
      .select(['fact', 'told_at'])
      .where('host', '=', host)
      .executeTakeFirst();
    if (row === undefined) return;
    const at = clock();
    if (!isWaitingTooLong(row.fact)) {
      // An agent that is away from its sensor does not know what waits there.
      if (row.fact.state === 'working') await endWaiting(transaction, { host, at });
      return;
    }
    const container = reportedContainer({ id: `events of ${host}`, name: host, image: 'seawall agent' });
    if (await repeatIncident(transaction, { host, container: container.id, topic: 'waiting-events', at })) return;
    const body = reportedDetection({
      id: reportedId('waiting', `${host} ${row.told_at.toISOString()}`),
      time: row.told_at.toISOString(),
      detector: 'waiting-events',
      container,
      severity: 'high',
      technique: 'T1562.001',
      program: 'seawall agent',
      message: 'Events of this host wait to be kept: alerts of its containers may be late or missing.',
      expected: 'The agent keeps each event of the sensor within seconds.',
      seen: seenOf(row.fact),
      remedy:
        "Look on the host whether the disk of the agent's state folder is full or read-only, and at the agent's log. The agent tries again by itself; what each container told beyond its share meanwhile is counted and marks its model partial. This incident closes when all is kept.",
    });
    await storeDetections(transaction, host, [{ at, body, topic: 'waiting-events' }]);
  });
}

function seenOf({ unacknowledged, failingSave }: SensorFact): string {
  const waits =
    unacknowledged === undefined
      ? []
      : [`The oldest event waits for at least ${unacknowledged.seconds} s, since ${unacknowledged.since}.`];
  const fails =
    failingSave === undefined
      ? []
      : [
          `The agent cannot write for at least ${failingSave.seconds} s, since ${failingSave.since}: ${failingSave.reason}`,
        ];
  return [...waits, ...fails].join(' ').slice(0, 2000);
}

async function endWaiting(
  transaction: Transaction,
  { host, at }: { readonly host: string; readonly at: Date },
): Promise<void> {
  const note = 'All events of the host are kept again.';
  const ended = await transaction
    .query(runtimeSchema)
    .updateTable('incident')
    .set({ state: 'closed', acknowledged: JSON.stringify({ by: 'console', at: at.toISOString(), note }) })
    .where('host', '=', host)
    .where('topic', '=', 'waiting-events')
    .where('state', '!=', 'closed')
    .returning('id')
    .execute();
  await transaction.announceAll(
    incidentsChanged,
    ended.map(({ id }) => ({ incident: id })),
  );
}
