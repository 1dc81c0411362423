import { type Log, messageOf } from '#base/index.ts';

/** What cannot be written to the disk now. */
export interface FailingSave {
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Knows which saves fail; logs each cause once, not once for each try. */
export class SaveFaults {
  readonly #log: Log;
  readonly #now: () => number;
  readonly #failing = new Map<string, FailingSave & { readonly cause: string }>();

  /** `now` in milliseconds since 1970. */
  constructor(log: Log, now: () => number = Date.now) {
    this.#log = log;
    this.#now = now;
  }

  /** `what` could not be written. */
  fails(what: string, error: unknown): void {
    const reason = messageOf(error);
    const cause = (error as NodeJS.ErrnoException | undefined)?.code ?? reason;
    const isKnown = [...this.#failing.values()].some((one) => one.cause === cause);
    const since = this.#failing.get(what)?.since ?? this.#now();
    this.#failing.set(what, { reason, cause, since });
    if (!isKnown) this.#log.error({ what, reason }, 'The agent cannot write to its disk; it tries again by itself.');
  }

  /** `what` is written, or is not to be written any more. */
  ends(what: string): void {
    if (!this.#failing.delete(what) || this.#failing.size > 0) return;
    this.#log.info({}, 'The agent can write to its disk again.');
  }

  /** The one that fails for the longest time. */
  state(): FailingSave | undefined {
    const [first] = [...this.#failing.values()].toSorted((one, other) => one.since - other.since);
    return first && { reason: first.reason, since: first.since };
  }
}
