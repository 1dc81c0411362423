import { readLogVerified } from '#compliance/console/index.ts';
import type { Transaction } from '#store/index.ts';
import type { Dependencies } from './dependencies.ts';
import { incidentsChanged } from './facts.ts';
import { storeDetections } from './report-detections.ts';
import { reportedContainer, reportedDetection, reportedId } from './reported-detection.ts';
import { runtimeSchema } from './schema.ts';

const topic = 'evidence-log';
/** What stands in the place of a host: no host has this name. */
const host = '-';

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
      await close(transaction, clock());
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
        'Give no package of evidence away. Copy the database as it is, find out in the log of PostgreSQL who changed it, and restore a copy from before. After a restore of an older copy, which agents hold more than, note the day for the auditor and close this incident.',
    });
    await storeDetections(transaction, host, [{ at: clock(), body, topic }]);
  });
}

async function close(transaction: Transaction, at: Date): Promise<void> {
  const note = 'The evidence log verifies again.';
  const ended = await transaction
    .query(runtimeSchema)
    .updateTable('incident')
    .set({ state: 'closed', acknowledged: JSON.stringify({ by: 'console', at: at.toISOString(), note }) })
    .where('host', '=', host)
    .where('topic', '=', topic)
    .where('state', '!=', 'closed')
    .returning('id')
    .execute();
  await transaction.announceAll(
    incidentsChanged,
    ended.map(({ id }) => ({ incident: id })),
  );
}
