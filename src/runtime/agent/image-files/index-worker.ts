import { endWithParent, messageOf } from '#base/index.ts';
import { type IndexEnd, type IndexJob, makeIndex } from './make-index.ts';

/** Entry of the process that makes one index: its memory goes with it. It ends with the process that started it. */
if (process.send !== undefined) {
  process.on('disconnect', () => process.exit());
  endWithParent();
  process.once('message', (job) => {
    const failed = (error: unknown): IndexEnd => ({ kind: 'failed', message: messageOf(error) });
    void makeIndex(job as IndexJob)
      .catch(failed)
      .then((end) => process.send?.(end));
  });
}
