import { AppError } from '#base/index.ts';
import { limits } from '../limits.ts';

/** Hashes passwords one after another, so that nobody's tries take the processors or the turns of others. */
export interface PasswordQueue {
  /** Throws `AppError` `busy` when the lane, or all of them, have enough waiting. */
  run<Value>(lane: string, work: () => Promise<Value>): Promise<Value>;
}

const { passwordChecks, waitingPasswords, waitingPasswordsInAll } = limits;
/** Places beyond the usual ones, for who has nothing waiting yet. */
const forNewcomers = waitingPasswordsInAll.value / 2;

export function openPasswordQueue(): PasswordQueue {
  const waiting: (() => void)[] = [];
  const ofLane = new Map<string, number>();
  let running = 0;

  async function turn(): Promise<void> {
    if (running < passwordChecks.value) {
      running += 1;
      return;
    }
    // Who ends hands the place on.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(lane: string): void {
    const left = (ofLane.get(lane) ?? 1) - 1;
    if (left === 0) ofLane.delete(lane);
    else ofLane.set(lane, left);
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    run: async (lane, work) => {
      const own = ofLane.get(lane) ?? 0;
      const places = waitingPasswordsInAll.value + (own === 0 ? forNewcomers : 0);
      if (own >= waitingPasswords.value || waiting.length >= places)
        throw new AppError('busy', 'Other passwords are being checked.');
      ofLane.set(lane, own + 1);
      await turn();
      try {
        return await work();
      } finally {
        leave(lane);
      }
    },
  };
}
