import type { Duplex } from 'node:stream';
import { once } from 'node:events';
import type pg from 'pg';

/** What `pg` hands a query that speaks the protocol itself (PostgreSQL, "COPY Operations"). */
interface Wire {
  readonly stream: Duplex;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

/** How `pg` calls such a query. */
interface Spoken {
  submit(wire: Wire): void;
  handleCopyInResponse(wire: Wire): void;
  handleCopyData(message: { readonly chunk: Buffer }): void;
  handleCommandComplete(message: { readonly text: string }): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
  handleRowDescription(): void;
}

/** Bytes that are handed on at once, and of what may wait before the server is held back. */
const handful = 128 * 1024;
const mostWaiting = 1024 * 1024;
/** A server that says nothing for so long is given up. */
const patience = 120_000;

/** Rows that a COPY command moved, by its tag `COPY 12`. */
function rowsOf(tag: string): number {
  const rows = /^COPY (\d+)$/.exec(tag)?.[1];
  if (rows === undefined) throw new Error(`PostgreSQL answers a COPY with ${tag}.`);
  return Number(rows);
}

/** Gives what a `COPY … TO STDOUT` says, in pieces, and in the end how many rows it was. */
export async function* copyOut(client: pg.Client, text: string): AsyncGenerator<Buffer, number> {
  const out = new CopyOut(text);
  client.query(out as unknown as pg.Submittable);
  try {
    for (let piece = await out.next(); piece !== undefined; piece = await out.next()) yield piece;
    return out.rows();
  } finally {
    out.leave();
  }
}

class CopyOut implements Spoken {
  readonly #text: string;
  #wire: Wire | undefined;
  #held: Buffer[] = [];
  #size = 0;
  #tag = '';
  #state: 'running' | 'ended' | Error = 'running';
  #wake: () => void = () => undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** `undefined`: that was all. */
  async next(): Promise<Buffer | undefined> {
    while (this.#size < handful && this.#state === 'running') await this.#news();
    if (this.#state instanceof Error) throw this.#state;
    if (this.#size === 0) return undefined;
    const piece = Buffer.concat(this.#held);
    this.#held = [];
    this.#size = 0;
    this.#wire?.stream.resume();
    return piece;
  }

  rows(): number {
    return rowsOf(this.#tag);
  }

  /** Nobody reads on: the connection cannot be used again. */
  leave(): void {
    if (this.#state === 'running') this.#wire?.stream.destroy();
  }

  async #news(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(() => {
      this.#end(new Error(`PostgreSQL said nothing for ${patience / 1000} seconds.`));
      this.#wire?.stream.destroy();
    }, patience);
    await promise.finally(() => clearTimeout(timer));
  }

  #end(state: 'ended' | Error): void {
    if (this.#state === 'running') this.#state = state;
    this.#wake();
  }

  submit(wire: Wire): void {
    this.#wire = wire;
    wire.query(this.#text);
  }

  /** The chunk lies in a buffer that `pg` writes over. */
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.#held.push(Buffer.from(chunk));
    this.#size += chunk.length;
    if (this.#size >= mostWaiting) this.#wire?.stream.pause();
    if (this.#size >= handful) this.#wake();
  }

  handleCopyInResponse(wire: Wire): void {
    wire.sendCopyFail('nothing is to be copied in');
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#tag = text;
  }

  handleReadyForQuery(): void {
    this.#end('ended');
  }

  handleError(error: Error): void {
    this.#end(error);
  }

  handleRowDescription(): void {
    this.#end(new Error('PostgreSQL answers a COPY with rows.'));
  }
}

/** A `COPY … FROM STDIN` under way. */
export class CopyIn implements Spoken {
  readonly #text: string;
  readonly #ready = Promise.withResolvers<Wire>();
  readonly #done = Promise.withResolvers<number>();
  #tag = '';
  #wire: Wire | undefined;

  constructor(client: pg.Client, text: string) {
    this.#text = text;
    this.#ready.promise.catch(() => undefined);
    this.#done.promise.catch(() => undefined);
    client.query(this as unknown as pg.Submittable);
  }

  /** Waits while the server does not take what was written before. Throws what PostgreSQL objects to. */
  async write(chunk: Buffer): Promise<void> {
    const { stream, ...wire } = await this.#open();
    wire.send(chunk);
    if (!stream.writableNeedDrain) return;
    await Promise.race([once(stream, 'drain'), this.#done.promise]);
  }

  /** Gives how many rows PostgreSQL took. */
  async end(): Promise<number> {
    (await this.#open()).end();
    return await this.#done.promise;
  }

  async #open() {
    const wire = await this.#ready.promise;
    return {
      stream: wire.stream,
      send: (chunk: Buffer) => wire.sendCopyFromChunk(chunk),
      end: () => wire.endCopyFrom(),
    };
  }

  submit(wire: Wire): void {
    this.#wire = wire;
    wire.query(this.#text);
  }

  handleCopyInResponse(wire: Wire): void {
    this.#ready.resolve(wire);
  }

  handleCopyData(): void {
    this.handleError(new Error('PostgreSQL answers a COPY with data.'));
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#tag = text;
  }

  handleReadyForQuery(): void {
    if (this.#wire === undefined) return;
    try {
      this.#done.resolve(rowsOf(this.#tag));
    } catch (error) {
      this.handleError(error as Error);
    }
  }

  handleError(error: Error): void {
    this.#ready.reject(error);
    this.#done.reject(error);
  }

  handleRowDescription(): void {
    this.handleError(new Error('PostgreSQL answers a COPY with rows.'));
  }
}
