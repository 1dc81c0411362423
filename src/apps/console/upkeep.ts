import { setTimeout as wait } from 'node:timers/promises';
import { type Log, messageOf } from '#base/index.ts';

/** Something that a console does at its start and again after each so many milliseconds. */
export interface UpkeepTask {
  readonly name: string;
  readonly every: number;
  readonly run: () => Promise<unknown>;
}

/** Upkeep at work. */
export interface Upkeep {
  /** Runs every task once, due or not. Resolves when that is done, or when upkeep ends. */
  runAll(): Promise<void>;
  /** Lets the task under way finish; no other begins. */
  stop(): Promise<void>;
}

/**
 * Runs tasks one at a time beside what the console serves, each first at once and in their order. One that fails is
 * logged and runs again at its time; the others are not kept from theirs.
 */
export function startUpkeep(tasks: readonly UpkeepTask[], log: Log): Upkeep {
  const ended = new AbortController();
  const due = new Map(tasks.map((task) => [task, performance.now()]));
  let waking = new AbortController();
  let asked: (() => void)[] = [];
  const working = work();

  async function work(): Promise<void> {
    while (!ended.signal.aborted) {
      const answered = asked;
      asked = [];
      for (const [task, at] of due) if (answered.length > 0 || at <= performance.now()) await runOnce(task);
      for (const answer of answered) answer();
      if (asked.length > 0) continue;
      waking = new AbortController();
      const pause = Math.max(0, Math.min(...due.values()) - performance.now());
      const signal = AbortSignal.any([ended.signal, waking.signal]);
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
    for (const answer of asked) answer();
  }

  async function runOnce(task: UpkeepTask): Promise<void> {
    if (ended.signal.aborted) return;
    try {
      await task.run();
    } catch (error) {
      log.warn({ task: task.name, error: messageOf(error) }, 'Upkeep failed and is tried again at its time.');
    }
    due.set(task, performance.now() + task.every);
  }

  return {
    runAll: () => {
      if (ended.signal.aborted) return working;
      const { promise, resolve } = Promise.withResolvers<void>();
      asked.push(resolve);
      waking.abort();
      return promise;
    },
    async stop() {
      ended.abort();
      await working;
    },
  };
}
