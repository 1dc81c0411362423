import { setTimeout as wait } from 'node:timers/promises';
import { type Log, messageOf } from '#base/index.ts';

/** Something that a console does at its start and again after each so many milliseconds. */
export interface UpkeepTask {
  readonly name: string;
  readonly every: number;
  readonly run: () => Promise<unknown>;
}

/**
 * Runs tasks one at a time beside what the console serves, each first at once and in their order. One that fails is
 * logged and runs again at its time; the others are not kept from theirs.
 */
export function startUpkeep(tasks: readonly UpkeepTask[], log: Log): { stop(): Promise<void> } {
  const ended = new AbortController();
  const due = new Map(tasks.map((task) => [task, performance.now()]));
  const working = work();

  async function work(): Promise<void> {
    while (!ended.signal.aborted) {
      for (const [task, at] of due) if (at <= performance.now()) await runOnce(task);
      const pause = Math.max(0, Math.min(...due.values()) - performance.now());
      await wait(pause, undefined, { signal: ended.signal }).catch(() => undefined);
    }
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
    async stop() {
      ended.abort();
      await working;
    },
  };
}
