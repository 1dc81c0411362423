interface OpenEvent {
  readonly sequence: bigint;
  state: 'open' | 'kept' | 'failed';
}

/** Finds the last event before which all are kept, however long each takes; takes each one once. */
export class Acknowledger {
  readonly #say: (epoch: bigint, sequence: bigint) => void;
  #epoch: bigint | undefined;
  /** In the order in which they came. */
  #open: OpenEvent[] = [];
  #last: bigint | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(say: (epoch: bigint, sequence: bigint) => void) {
    this.#say = say;
  }

  /** A connection began: what was not acknowledged comes again. */
  begin(epoch: bigint): void {
    if (epoch === this.#epoch) {
      const failed = this.#open.findIndex(({ state }) => state === 'failed');
      // What stands behind one that failed is taken again too: it must not be acknowledged before that one.
      if (failed !== -1) this.#open.splice(failed);
      return;
    }
    this.#epoch = epoch;
    this.#open = [];
    this.#last = undefined;
  }

  /** An event came. It is kept when the promise resolves; one that rejects is taken again when the sensor sends it again. */
  take(sequence: bigint, keep: () => Promise<unknown> | undefined): void {
    if (this.#last !== undefined && sequence <= this.#last) return this.#tellSoon();
    if (this.#open.some((event) => event.sequence === sequence)) return;
    const event: OpenEvent = { sequence, state: 'open' };
    this.#open.push(event);
    const kept = keep();
    if (kept === undefined) this.#settle(event, 'kept');
    else
      kept.then(
        () => this.#settle(event, 'kept'),
        () => this.#settle(event, 'failed'),
      );
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #settle(event: OpenEvent, state: 'kept' | 'failed'): void {
    event.state = state;
    if (!this.#open.includes(event)) return;
    const first = this.#open.findIndex((one) => one.state !== 'kept');
    const done = first === -1 ? this.#open.splice(0) : this.#open.splice(0, first);
    this.#last = done.at(-1)?.sequence ?? this.#last;
    if (done.length > 0) this.#tellSoon();
  }

  #tellSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#last !== undefined && this.#epoch !== undefined) this.#say(this.#epoch, this.#last);
    }, pause);
  }
}

/** Milliseconds for which acknowledgements are gathered. */
const pause = 50;
