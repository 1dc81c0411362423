import type { SaveFaults } from './save-faults.ts';

export interface SavesOptions {
  /** What is saved, as people call it. */
  readonly what: string;
  /** Writes the newest state of this to the disk; called for one after the other, never twice at once. */
  readonly write: (id: string) => Promise<void>;
  readonly faults: SaveFaults;
  /** Milliseconds for which changes are gathered before they are written. */
  readonly lag: number;
  readonly pace?: SavePace;
}

/** Milliseconds. */
export interface SavePace {
  /** After the first failure; each further one doubles it. */
  readonly firstPause: number;
  readonly longestPause: number;
  /** After so long without success nobody waits any more. */
  readonly patience: number;
}

const usualPace: SavePace = { firstPause: 250, longestPause: 5000, patience: 5000 };

/** `failing`: it is tried again and again, but until that succeeds it is lost when the agent ends. */
export type Saved = 'saved' | 'failing';

/** Milliseconds by which a timer may be early. */
const timerSlack = 5;

interface Pending {
  isDirty: boolean;
  /** Of those who asked since the write that is under way began. */
  asked: PromiseWithResolvers<Saved> | undefined;
  failures: number;
  /** By `performance.now()`. */
  failsSince: number;
  retryAt: number;
}

/** Writes what changes, one thing after the other. What cannot be written is tried again until it can, with growing pauses. */
export class Saves {
  readonly #options: SavesOptions;
  readonly #pace: SavePace;
  readonly #pending = new Map<string, Pending>();
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;

  constructor(options: SavesOptions) {
    this.#options = options;
    this.#pace = options.pace ?? usualPace;
  }

  /** It changed; the change is written with the next save. */
  touch(id: string): void {
    const fresh: Pending = { isDirty: true, asked: undefined, failures: 0, failsSince: 0, retryAt: 0 };
    const one = this.#pending.get(id) ?? fresh;
    one.isDirty = true;
    this.#pending.set(id, one);
  }

  /** Whether a change of it is not on the disk. */
  isPending(id: string): boolean {
    return this.#pending.has(id);
  }

  /** Resolves when all changes so far are on the disk, or it has been failing for too long. Never rejects. */
  saved(id: string): Promise<Saved> {
    const one = this.#pending.get(id);
    if (one === undefined) return Promise.resolve('saved');
    one.isDirty = true;
    this.#plan(Math.max(this.#options.lag, one.retryAt - performance.now()));
    if (this.#isGivenUp(one)) return Promise.resolve('failing');
    one.asked ??= Promise.withResolvers();
    return one.asked.promise;
  }

  /** Plans to write all that changed; nobody waits for it. */
  saveSoon(): void {
    if (this.#pending.size > 0) this.#plan(this.#options.lag);
  }

  /** Tries once, now, to write all that changed. Resolves when that was tried. */
  async flush(): Promise<void> {
    await this.#inTurn(() => true);
  }

  /** Tries a last time, and ends. */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #isGivenUp({ failures, failsSince }: Pending): boolean {
    return failures > 0 && performance.now() - failsSince >= this.#pace.patience;
  }

  #plan(delay: number): void {
    const at = performance.now() + delay;
    if (this.#timer !== undefined && this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#inTurn(({ retryAt }) => retryAt <= performance.now() + timerSlack);
    }, delay);
  }

  #inTurn(isDue: (one: Pending) => boolean): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      // Those that change again meanwhile are gathered first.
      const due = [...this.#pending].filter(([, one]) => one.isDirty && isDue(one));
      for (const [id, one] of due) if (one.isDirty) await this.#try(id, one);
    });
    return this.#turn;
  }

  async #try(id: string, one: Pending): Promise<void> {
    const { asked } = one;
    const what = `${this.#options.what} ${id}`;
    one.asked = undefined;
    one.isDirty = false;
    try {
      await this.#options.write(id);
      one.failures = 0;
      one.retryAt = 0;
      if (!one.isDirty) this.#pending.delete(id);
      this.#options.faults.ends(what);
      asked?.resolve('saved');
    } catch (error) {
      this.#failed(one, asked);
      this.#options.faults.fails(what, error);
    }
  }

  #failed(one: Pending, asked: Pending['asked']): void {
    const { firstPause, longestPause } = this.#pace;
    const now = performance.now();
    const pause = Math.min(longestPause, firstPause * 2 ** Math.min(one.failures, 30));
    one.isDirty = true;
    if (one.failures === 0) one.failsSince = now;
    one.failures += 1;
    one.retryAt = now + pause;
    this.#plan(pause);
    if (asked === undefined) return;
    if (this.#isGivenUp(one)) asked.resolve('failing');
    // Who asked meanwhile waits for the same try.
    else if (one.asked === undefined) one.asked = asked;
    else void one.asked.promise.then(asked.resolve);
  }
}
