import { readLogVerified } from '#compliance/console/index.ts';
import type { Transaction } from '#store/index.ts';
import type { Dependencies } from './dependencies.ts';
import { incidentsChanged } from './facts.ts';
import { storeDetections } from './report-detections.ts';
import { reportedContainer, reportedDetection, reportedId } from './reported-detection.ts';
import { type IncidentTopic, runtimeSchema } from './schema.ts';

const topic = 'evidence-log';
/** What stands in the place of a host for an incident of the console itself: no host has this name. */
export const host = '-';

/**
 * The evidence log does not verify: one incident while it lasts, which tells each new reason. Once a person closed it, it
 * stays closed until something else is wrong; the console closes it when the log verifies again.
 */
export async function reportEvidenceLog({ store, clock }: Dependencies): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(`detections ${host}`);
    const found = await readLogVerified(transaction);
    if (found === undefined) return;
    const { at, state, reason } = found;
    if (reason === undefined) {
      await closeOwn(transaction, clock(), { topic, note: 'The evidence log verifies again.' });
      return;
    }
    const body = reportedDetection({
      id: reportedId(topic, `${at.toISOString()} ${reason}`),
      time: at.toISOString(),
      detector: topic,
      container: reportedContainer({ id: 'evidence log', name: 'evidence log', image: 'seawall console' }),
      severity: 'critical',
      technique: 'T1565.001',
      program: 'seawall console',
      message:
        state === 'differs'
          ? 'The evidence log is not the one that agents hold.'
          : 'The evidence log does not verify: the database was changed.',
      expected: 'Every row and head of the evidence log is what was sealed, and what agents hold of it.',
      seen: reason.slice(0, 2000),
      remedy:
        'Give no package of evidence away. Copy the database as it is, find out in the log of PostgreSQL who changed it, and restore a copy from before. After a restore of an older copy, which agents hold more than, note the day for the auditor and run `seawall audit accept-restore`.',
    });
    await storeDetections(transaction, host, [{ at: clock(), body, topic }]);
  });
}

/** Closes what the console opened about itself. */
export async function closeOwn(
  transaction: Transaction,
  at: Date,
  { topic: own, note }: { readonly topic: IncidentTopic; readonly note: string },
): Promise<void> {
  const ended = await transaction
    .query(runtimeSchema)
    .updateTable('incident')
    .set({ state: 'closed', acknowledged: JSON.stringify({ by: 'console', at: at.toISOString(), note }) })
    .where('host', '=', host)
    .where('topic', '=', own)
    .where('state', '!=', 'closed')
    .returning('id')
    .execute();
  await transaction.announceAll(
    incidentsChanged,
    ended.map(({ id }) => ({ incident: id })),
  );
}
