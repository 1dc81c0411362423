import { setTimeout as pause } from 'node:timers/promises';
import type { Missing } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';

export interface ReadinessOptions {
  readonly store: Pick<Store, 'isMigrated'>;
  /** Throws when the file of the master key is not there or holds another key: the next start would fail. */
  readonly checkKeys: () => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Milliseconds within which PostgreSQL has to answer, and for which an answer holds: whoever asks more often costs nothing. */
const patience = 2_000;
const holds = 1_000;

/** Tells what a console lacks to serve: its database first, without which nothing else can be said. */
export function openReadiness({ store, checkKeys, now = () => performance.now() }: ReadinessOptions) {
  let asked: { readonly at: number; readonly answer: Promise<Missing | undefined> } | undefined;

  async function look(): Promise<Missing | undefined> {
    const late = new AbortController();
    const answer = store.isMigrated().then(
      (isMigrated) => (isMigrated ? undefined : ('migrations' as const)),
      () => 'database' as const,
    );
    const limit = pause(patience, 'database' as const, { signal: late.signal }).catch(() => 'database' as const);
    const missing = await Promise.race([answer, limit]);
    late.abort();
    if (missing !== undefined) return missing;
    try {
      checkKeys();
      return undefined;
    } catch {
      return 'keys';
    }
  }

  return (): Promise<Missing | undefined> => {
    if (asked === undefined || now() - asked.at > holds) asked = { at: now(), answer: look() };
    return asked.answer;
  };
}
