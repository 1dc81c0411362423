import { AppError } from '#base/index.ts';
import { limits } from '../limits.ts';

/** Whose password it is: of who signed in before, by a known browser or a session, or of anybody. */
export type Line = 'known' | 'unknown';

/** Where somebody waits. */
export interface Turn {
  readonly line: Line;
  /** Whose places it takes: the network's of who is unknown, the user's of who is known. */
  readonly lane: string;
}

/** Hashes passwords one after another, so that nobody's tries take the processors or the turns of others. */
export interface PasswordQueue {
  /** Throws `AppError` `busy` when the lane, or its line, has enough waiting. */
  run<Value>(turn: Turn, work: () => Promise<Value>): Promise<Value>;
}

const { passwordChecks, waitingPasswords, waitingPasswordsInAll, waitingKnownPasswords } = limits;
/** Places beyond the usual ones, for who has nothing waiting yet. */
const forNewcomers = waitingPasswordsInAll.value / 2;

/** Each line has places of its own, and while both have somebody waiting, they take turns. */
export function openPasswordQueue(): PasswordQueue {
  const waiting: Readonly<Record<Line, (() => void)[]>> = { known: [], unknown: [] };
  const ofLane = new Map<string, number>();
  let running = 0;
  let last: Line = 'unknown';

  async function start(line: Line): Promise<void> {
    if (running < passwordChecks.value) running += 1;
    // Who ends hands the place on.
    else await new Promise<void>((resolve) => waiting[line].push(resolve));
    last = line;
  }

  function leave(lane: string): void {
    const left = (ofLane.get(lane) ?? 1) - 1;
    if (left === 0) ofLane.delete(lane);
    else ofLane.set(lane, left);
    const other: Line = last === 'known' ? 'unknown' : 'known';
    const next = waiting[other].shift() ?? waiting[last].shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    run: async ({ line, lane }, work) => {
      const own = ofLane.get(lane) ?? 0;
      if (own >= waitingPasswords.value || waiting[line].length >= placesIn(line, own))
        throw new AppError('busy', 'Other passwords are being checked.');
      ofLane.set(lane, own + 1);
      await start(line);
      try {
        return await work();
      } finally {
        leave(lane);
      }
    },
  };
}

function placesIn(line: Line, own: number): number {
  if (line === 'known') return waitingKnownPasswords.value;
  return waitingPasswordsInAll.value + (own === 0 ? forNewcomers : 0);
}
