import { setImmediate as breathe } from 'node:timers/promises';
import { AppError } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';

/** Replays of one list of rules under way: one of each caller at a time. */
export interface Replays {
  /** Throws `AppError` `busy` while another one of the same caller goes on. */
  run<Result>(caller: string, replay: () => Promise<Result>): Promise<Result>;
}

export function openReplays(): Replays {
  const callers = new Set<string>();
  return {
    run: async (caller, replay) => {
      if (callers.has(caller))
        throw new AppError('busy', 'Another replay of this caller is under way.', {
          next: 'Wait until it is done, or end it, then ask again.',
        });
      callers.add(caller);
      try {
        return await replay();
      } finally {
        callers.delete(caller);
      }
    },
  };
}

/** Who asks: `user ID`. */
export function callerNamed(principal: Pick<Principal, 'kind' | 'id'> | undefined): string {
  return principal === undefined ? 'nobody' : `${principal.kind} ${principal.id}`;
}

/** Milliseconds after which others get their turn. */
const turn = 10;

/** Does something with each item, with pauses for others. Throws the signal's reason when it fires. */
export async function inTurns<Item>(
  items: readonly Item[],
  signal: AbortSignal,
  each: (item: Item) => void,
): Promise<void> {
  let turned = performance.now();
  for (const item of items) {
    each(item);
    if (performance.now() - turned < turn) continue;
    await breathe();
    signal.throwIfAborted();
    turned = performance.now();
  }
}
