import { type Log, messageOf } from '#base/index.ts';

/** What is done with an event. */
export interface Keeping {
  /** Resolves when all that follows from the event is safe; nothing to wait for: `undefined`. Called again when it rejects. */
  readonly keep: () => Promise<unknown> | undefined;
  /** Counts the event as lost instead. Resolves when that is safe. */
  readonly giveUp: () => Promise<unknown>;
}

export interface AcknowledgerOptions {
  readonly say: (epoch: bigint, sequence: bigint) => void;
  readonly log: Log;
  readonly pace?: AcknowledgePace;
}

/** Milliseconds. */
export interface AcknowledgePace {
  /** For which acknowledgements are gathered. */
  readonly gather: number;
  /** Between two tries to keep an event; each further one doubles it. */
  readonly firstPause: number;
  readonly longestPause: number;
  /** For which one event may hold up others that are kept. */
  readonly patience: number;
}

const usualPace: AcknowledgePace = { gather: 50, firstPause: 250, longestPause: 5000, patience: 60_000 };

interface OpenEvent extends Keeping {
  readonly sequence: bigint;
  /** By `performance.now()`. */
  readonly since: number;
  isKept: boolean;
  isGivenUp: boolean;
}

/**
 * Finds the last event before which all are kept, however long each takes; takes each one once.
 *
 * The sensor knows one number: the last event before which it may forget all. So an event that is not kept holds up the
 * acknowledgement of all behind it, and in the end the room for new ones. Three rules bound that:
 * - An event whose keeping fails is kept trying here, with growing pauses; no new connection is needed.
 * - An event that holds up kept ones for longer than `patience` is counted as lost. That is written to the disk like
 *   anything else: while the disk takes nothing, nothing is given up and the sensor keeps all.
 * - Of what is not acknowledged, the sensor gives each container a bounded share (`native/sensor/share.h`).
 */
export class Acknowledger {
  readonly #options: AcknowledgerOptions;
  readonly #pace: AcknowledgePace;
  readonly #retries = new Set<NodeJS.Timeout>();
  #isClosed = false;
  #epoch: bigint | undefined;
  /** By sequence, in the order in which they came. */
  #open = new Map<bigint, OpenEvent>();
  #last: bigint | undefined;
  #reporting: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;

  constructor(options: AcknowledgerOptions) {
    this.#options = options;
    this.#pace = options.pace ?? usualPace;
  }

  /** A connection began: what was not acknowledged comes again. Another epoch counts anew. */
  begin(epoch: bigint): void {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#open = new Map();
    this.#last = undefined;
  }

  /** An event came, perhaps again. */
  take(sequence: bigint, keeping: Keeping): void {
    if (this.#last !== undefined && sequence <= this.#last) return this.#reportSoon();
    if (this.#open.has(sequence)) return;
    const event = { ...keeping, sequence, since: performance.now(), isKept: false, isGivenUp: false };
    this.#open.set(sequence, event);
    this.#lookSoon();
    this.#keep(event, 0);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of [this.#reporting, this.#looking, ...this.#retries]) clearTimeout(timer);
  }

  #keep(event: OpenEvent, failures: number): void {
    const keeping = event.keep();
    if (keeping === undefined) return this.#settle(event);
    keeping.then(
      () => this.#settle(event),
      (error: unknown) => this.#keepLater(event, { failures, error }),
    );
  }

  #keepLater(event: OpenEvent, { failures, error }: { readonly failures: number; readonly error: unknown }): void {
    if (this.#isClosed || event.isKept) return;
    if (failures === 0) this.#options.log.debug({ error: messageOf(error) }, 'An event is not kept yet.');
    const pause = Math.min(this.#pace.longestPause, this.#pace.firstPause * 2 ** Math.min(failures, 30));
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      if (!event.isKept) this.#keep(event, failures + 1);
    }, pause);
    this.#retries.add(timer);
  }

  #settle(event: OpenEvent): void {
    event.isKept = true;
    if (this.#open.get(event.sequence) !== event) return;
    let done = false;
    for (const [sequence, { isKept }] of this.#open) {
      if (!isKept) break;
      this.#open.delete(sequence);
      this.#last = sequence;
      done = true;
    }
    if (done) this.#reportSoon();
  }

  #reportSoon(): void {
    this.#reporting ??= setTimeout(() => {
      this.#reporting = undefined;
      if (this.#last !== undefined && this.#epoch !== undefined) this.#options.say(this.#epoch, this.#last);
    }, this.#pace.gather);
  }

  #lookSoon(): void {
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      for (const event of this.#holdingUp()) this.#giveUp(event);
      if (this.#open.size > 0) this.#lookSoon();
    }, this.#pace.patience / 4);
  }

  /** Those that wait for too long, before others that are kept. */
  #holdingUp(): readonly OpenEvent[] {
    const before = performance.now() - this.#pace.patience;
    const events = [...this.#open.values()];
    const lastKept = events.findLastIndex(({ isKept }) => isKept);
    return events.slice(0, Math.max(0, lastKept)).filter((one) => !one.isKept && !one.isGivenUp && one.since <= before);
  }

  #giveUp(event: OpenEvent): void {
    event.isGivenUp = true;
    event.giveUp().then(
      () => {
        if (event.isKept) return;
        const { sequence } = event;
        this.#options.log.error(
          { sequence: String(sequence) },
          'An event could not be kept and is counted as lost: it held up the others.',
        );
        this.#settle(event);
      },
      () => (event.isGivenUp = false),
    );
  }
}
