import { setTimeout as wait } from 'node:timers/promises';
import { type Log, messageOf, untilBeat } from '#base/index.ts';

/** Does something at once and at each beat, one after the other, until it is ended; what fails is logged and done again. */
export function againAndAgain(pause: number, log: Log, work: () => Promise<void>): () => Promise<void> {
  const ended = new AbortController();
  const keepWorking = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await work().catch((error: unknown) => log.error({ error: messageOf(error) }, 'A part of the gate failed.'));
      await wait(untilBeat(pause), undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  const working = keepWorking();
  return async () => {
    ended.abort();
    await working;
  };
}
