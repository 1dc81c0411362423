import { setImmediate as breathe } from 'node:timers/promises';
import { AppError } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';

/** What takes long, one of each caller at a time. */
export interface Turns {
  /** Waits for what the caller asked before. Throws `AppError` `busy` when others wait already. */
  run<Result>(asked: AskedTurn, work: () => Promise<Result>): Promise<Result>;
}

export interface AskedTurn {
  readonly caller: string;
  /** Fires when the caller has left. */
  readonly signal: AbortSignal;
}

/** A page that asks anew has left the one before, which ends a moment later. */
const mostWaiting = 2;

export function openTurns(): Turns {
  const callers = new Map<string, { readonly last: Promise<unknown>; readonly count: number }>();
  const leave = (caller: string): void => {
    const { last, count } = callers.get(caller) ?? { last: undefined, count: 0 };
    if (count <= 1) callers.delete(caller);
    else callers.set(caller, { last: Promise.resolve(last), count: count - 1 });
  };
  return {
    run: async ({ caller, signal }, work) => {
      const { last, count } = callers.get(caller) ?? { last: Promise.resolve(), count: 0 };
      if (count > mostWaiting) throw tooMany(count);
      let isCounted = true;
      const uncount = (): void => {
        if (isCounted) leave(caller);
        isCounted = false;
      };
      // Who leaves while it waits makes room at once; one that is under way ends by itself.
      signal.addEventListener('abort', uncount);
      const own = last.then(async () => {
        signal.removeEventListener('abort', uncount);
        signal.throwIfAborted();
        return await work();
      });
      callers.set(caller, { last: own.catch(() => undefined), count: count + 1 });
      return await own.finally(uncount);
    },
  };
}

function tooMany(count: number): AppError {
  return new AppError('busy', `${count} such requests of this caller are under way or wait already.`);
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
