import { createReadStream } from 'node:fs';
import { type Log, messageOf } from '#base/index.ts';
import { encodeFrame, type TableReply } from '../wire/frames.ts';
import { tableRow } from '../wire/structs.ts';
import { rowsOfFrame } from '../wire/table-frame.ts';
import { stableNumber } from './stable-number.ts';

/** The table of an image as it lies on the disk. */
export interface OfferedTable {
  /** Of the image. */
  readonly key: string;
  /** Changes with its rows. */
  readonly stamp: string;
  readonly device: number;
  readonly files: number;
  readonly rowsFile: string;
}

/** Where a table stands. */
export type TableState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'taken' }
  /** The sensor has no room for it, or more. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Its file went away before it was said. */
  | { readonly kind: 'gone' };

export interface TableDeskOptions {
  /** Sends a frame, and resolves when there is room for the next; `false` when no sensor is there. */
  readonly deliver: (frame: Buffer) => Promise<boolean>;
  /** A table was taken or refused. */
  readonly changed: (number: number) => void;
  readonly log: Log;
  /** Milliseconds for which an answer is waited for. */
  readonly patience?: number;
}

interface Kept {
  readonly number: number;
  table: OfferedTable;
  state: TableState;
}

interface Answer {
  readonly reply: Promise<TableReply | undefined>;
  isThere(): boolean;
  end(): void;
}

const usualPatience = 60_000;

/** The tables that the sensor is to have: said one after the other, each answered before the next. */
export class SensorTables {
  readonly #options: TableDeskOptions;
  readonly #tables = new Map<string, Kept>();
  readonly #numbers = new Map<number, Kept>();
  #saying: Promise<void> | undefined;
  /** Counts sensors that were met. */
  #met = 0;
  #answered: ((reply: TableReply | undefined) => void) | undefined;
  #asked = 0;

  constructor(options: TableDeskOptions) {
    this.#options = options;
  }

  /** Wants a table in the sensor; answers its number, the same in every run. */
  offer(table: OfferedTable): number {
    const known = this.#tables.get(table.key);
    if (known?.table.stamp === table.stamp && known.state.kind !== 'gone') {
      known.table = table;
      return known.number;
    }
    const number = known?.number ?? stableNumber(table.key, (one) => this.#numbers.has(one));
    const kept: Kept = { number, table, state: { kind: 'waiting' } };
    this.#tables.set(table.key, kept);
    this.#numbers.set(number, kept);
    this.#sayWaiting();
    return number;
  }

  /** Whether the file of a table that was offered went away: it is to be made anew, and offered again. */
  isGone(key: string): boolean {
    return this.#tables.get(key)?.state.kind === 'gone';
  }

  stateOf(number: number): TableState | undefined {
    return this.#numbers.get(number)?.state;
  }

  /** Gives up all others; what was refused for want of room is tried again. */
  keepOnly(keys: ReadonlySet<string>): void {
    let isRoom = false;
    for (const [key, { number, state }] of this.#tables) {
      if (keys.has(key)) continue;
      this.#tables.delete(key);
      this.#numbers.delete(number);
      isRoom ||= state.kind !== 'refused';
      void this.#options.deliver(encodeFrame({ kind: 'forget-table', table: number }));
    }
    if (!isRoom) return;
    for (const kept of this.#tables.values()) if (kept.state.kind === 'refused') kept.state = { kind: 'waiting' };
    this.#sayWaiting();
  }

  /** A sensor was met that may know nothing. */
  met(): void {
    this.#met += 1;
    for (const kept of this.#tables.values()) kept.state = { kind: 'waiting' };
    this.#answered?.(undefined);
    this.#sayWaiting();
  }

  reply(reply: TableReply): void {
    if (reply.table === this.#asked) this.#answered?.(reply);
  }

  /** Resolves when nothing is on its way. */
  async settled(): Promise<void> {
    await this.#saying;
  }

  #sayWaiting(): void {
    this.#saying ??= this.#sayAll();
  }

  async #sayAll(): Promise<void> {
    await Promise.resolve(); // `#saying` is set
    for (;;) {
      const met = this.#met;
      const next = [...this.#tables.values()].find(({ state }) => state.kind === 'waiting');
      if (next === undefined) break;
      const state = await this.#say(next).catch((error: unknown): TableState => {
        return isMissing(error) ? { kind: 'gone' } : { kind: 'refused', reason: messageOf(error) };
      });
      // Without a sensor nothing is lost: all is said when one is met.
      if (state === undefined && met === this.#met) break;
      if (state === undefined || met !== this.#met || this.#numbers.get(next.number) !== next) continue;
      next.state = state;
      const { key } = next.table;
      if (state.kind === 'refused')
        this.#options.log.error({ image: key, reason: state.reason }, 'The table of an image was not taken.');
      this.#options.changed(next.number);
    }
    this.#saying = undefined;
  }

  /** `undefined` when the sensor went away meanwhile. */
  async #say({ number, table }: Kept): Promise<TableState | undefined> {
    const { device, files, rowsFile } = table;
    const answer = this.#answer(number);
    try {
      let first = 0;
      for await (const chunk of createReadStream(rowsFile, { highWaterMark: rowsOfFrame * tableRow.size })) {
        const rows = chunk as Buffer;
        const frame = encodeFrame({ kind: 'table', table: number, device, files, first, rows });
        if (!(await this.#options.deliver(frame))) return undefined;
        first += rows.length / tableRow.size;
        if (answer.isThere()) break; // it was refused
      }
      const reply = await answer.reply;
      if (reply === undefined) return undefined;
      return reply.accepted === 0 ? { kind: 'refused', reason: reply.reason } : { kind: 'taken' };
    } finally {
      answer.end();
    }
  }

  /** The sensor's answer to this table; `undefined` when it is another sensor, and a failure when none comes. */
  #answer(number: number): Answer {
    const { promise, resolve, reject } = Promise.withResolvers<TableReply | undefined>();
    promise.catch(() => undefined);
    const { patience = usualPatience } = this.#options;
    const timer = setTimeout(() => reject(new Error('The sensor does not answer.')), patience);
    this.#asked = number;
    let isThere = false;
    this.#answered = (reply) => {
      isThere = true;
      resolve(reply);
    };
    return {
      reply: promise,
      isThere: () => isThere,
      end: () => {
        clearTimeout(timer);
        this.#answered = undefined;
        this.#asked = 0;
      },
    };
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
