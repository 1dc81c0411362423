import { readBackups } from '#access/console/index.ts';
import type { Dependencies } from './dependencies.ts';
import { closeOwn, host } from './log-incidents.ts';
import { storeDetections } from './report-detections.ts';
import { reportedContainer, reportedDetection, reportedId } from './reported-detection.ts';

const topic = 'backup';

/** A backup that failed or is overdue: one incident while it lasts; the console closes it with the next good one. */
export async function reportBackups({ store, clock }: Dependencies): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(`detections ${host}`);
    const { state, goodAt, failed } = await readBackups(transaction, clock());
    if (state !== 'failed' && state !== 'overdue') {
      await closeOwn(transaction, clock(), { topic, note: 'A backup is there again, or none is scheduled.' });
      return;
    }
    const last = goodAt === undefined ? 'There is no good backup.' : `The last good one is of ${goodAt.toISOString()}.`;
    const at = (failed?.at ?? clock()).toISOString();
    const body = reportedDetection({
      id: reportedId(topic, `${state} ${goodAt?.toISOString() ?? ''} ${failed?.reason ?? ''}`),
      time: at,
      detector: topic,
      container: reportedContainer({ id: 'backup', name: 'backup', image: 'seawall console' }),
      severity: 'high',
      technique: 'T1490',
      program: 'seawall console',
      message: state === 'failed' ? 'The backup of the console failed.' : 'The backup of the console is overdue.',
      expected: 'Each day a backup of the console is written and read back whole.',
      seen: `${last}${failed === undefined ? '' : ` At ${failed.at.toISOString()}: ${failed.reason}`}`.slice(0, 2000),
      remedy:
        'Look at what is said above: usually the folder of SEAWALL_BACKUP_DIR is full, gone or not writable. Mend it, or run `seawall backup` yourself; the console tries again each hour.',
    });
    await storeDetections(transaction, host, [{ at: clock(), body, topic }]);
  });
}
