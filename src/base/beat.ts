/** Milliseconds by which a timer may be early: it is of the beat that it was set for. */
const early = 20;

/** Which beat it is, of those that are so many milliseconds apart, counted from the start of the process. */
export function beatOf(pause: number, now = performance.now()): number {
  return Math.floor((now + Math.min(early, pause / 10)) / pause);
}

/**
 * Milliseconds until the next beat. All that is done again and again then wakes the process together, and it sleeps in
 * between. Longer than `pause` by no more than a timer may be early.
 */
export function untilBeat(pause: number, now = performance.now()): number {
  return (beatOf(pause, now) + 1) * pause - now;
}

/** Does something at each beat until what it answers is called. */
export function atEachBeat(pause: number, work: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    timer = setTimeout(() => {
      wait();
      work();
    }, untilBeat(pause));
  };
  wait();
  return () => clearTimeout(timer);
}
