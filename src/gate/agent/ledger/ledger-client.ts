import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, type Log, messageOf } from '#base/index.ts';
import { writeSafely } from '#link/agent/index.ts';
import { Ledger, SignedLedger } from '#admission/contract.ts';

/** One call of the console. */
export type AskLedger = (
  body: { readonly known?: number; readonly wait: number },
  signal: AbortSignal,
) => Promise<{ readonly signed: SignedLedger }>;

export interface LedgerClientOptions {
  readonly ask: AskLedger;
  /** Reads a ledger that the console signed, by keys that held at that time. Throws `AppError` `ledger-untrusted`. */
  readonly verify: (signed: SignedLedger, at: Date) => Ledger;
  /** Host that it must be for. */
  readonly host: string;
  /** Keeps the newest ledger as it was signed, so that a restart without a console decides by the same. */
  readonly file: string;
  /** Called when there is another ledger than before. */
  readonly changed: () => void;
  /** Called when an answer of the console was not taken, or is taken again. */
  readonly refused: () => void;
  readonly log: Log;
  /** Milliseconds to wait after a failure, at first and at most. */
  readonly pauses?: readonly [number, number];
}

/** The newest ledger that this host may go by. */
export interface LedgerClient {
  /** May have expired: `decide` looks at its end. */
  ledger(): Ledger | undefined;
  /** Why the console's newest answer was not taken; missing: it was, or there was none yet. */
  refusal(): string | undefined;
  close(): Promise<void>;
}

/** Seconds for which the console may wait for news. */
const patience = 25;

/** Asks for the ledger again and again. One that is not signed, not for this host, or older than the one it has is refused. */
export function openLedgerClient(options: LedgerClientOptions): LedgerClient {
  const book: Book = { ledger: readStored(options), refusal: undefined };
  const ended = new AbortController();
  const working = keepAsking(options, book, ended.signal);
  return {
    ledger: () => book.ledger,
    refusal: () => book.refusal,
    async close() {
      ended.abort();
      await working;
    },
  };
}

interface Book {
  ledger: Ledger | undefined;
  refusal: string | undefined;
}

async function keepAsking(options: LedgerClientOptions, book: Book, signal: AbortSignal): Promise<void> {
  const { log, pauses: [first, most] = [1000, 30_000] } = options;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const known = book.ledger?.sequence;
      const { signed } = await options.ask({ ...(known !== undefined && { known }), wait: patience }, signal);
      if (await take(options, book, signed)) options.changed();
      failures = 0;
      // A console that answers at once whatever is known is not asked all the time.
      await wait(first / 4, undefined, { signal }).catch(() => undefined);
    } catch (error) {
      if (signal.aborted) return;
      const level = failures === 0 ? 'warn' : 'debug';
      log[level](
        { error: messageOf(error) },
        'The console gives no admission ledger now; the last one holds to its end.',
      );
      const pause = Math.min(most, first * 2 ** failures++);
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Whether it is another one than before. It counts once it is safe on the disk. Throws `AppError` when it is refused. */
async function take(options: LedgerClientOptions, book: Book, signed: SignedLedger): Promise<boolean> {
  const ledger = checked(options, book, signed);
  if (ledger === undefined) return false;
  await writeSafely(options.file, JSON.stringify(signed));
  book.ledger = ledger;
  const { sequence, entries, rules, expiresAt } = ledger;
  const counts = { sequence, entries: entries.length, rules: rules.length, expiresAt };
  options.log.info(counts, 'A new admission ledger is in force.');
  return true;
}

/** `undefined`: it is the one that is known. */
function checked(options: LedgerClientOptions, book: Book, signed: SignedLedger): Ledger | undefined {
  try {
    const ledger = trusted(options, signed, new Date());
    const known = book.ledger;
    if (known !== undefined && ledger.sequence < known.sequence) {
      throw new AppError(
        'ledger-untrusted',
        `The admission ledger is not taken: its sequence ${ledger.sequence} is older than ${known.sequence}.`,
      );
    }
    setRefusal(options, book, undefined);
    return ledger.sequence === known?.sequence ? undefined : ledger;
  } catch (error) {
    setRefusal(options, book, messageOf(error));
    throw error;
  }
}

function setRefusal({ refused }: LedgerClientOptions, book: Book, refusal: string | undefined): void {
  if (book.refusal === refusal) return;
  book.refusal = refusal;
  refused();
}

function trusted({ verify, host }: LedgerClientOptions, signed: SignedLedger, at: Date): Ledger {
  const ledger = verify(signed, at);
  if (ledger.host === host) return ledger;
  throw new AppError('ledger-untrusted', `The admission ledger is not taken: it is for ${ledger.host}, not ${host}.`);
}

function readStored(options: LedgerClientOptions): Ledger | undefined {
  const { file, log } = options;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const signed = SignedLedger.parse(JSON.parse(text));
    return trusted(options, signed, timeOf(signed));
  } catch (error) {
    log.warn({ file, error: messageOf(error) }, 'The admission ledger of before is not used.');
    return undefined;
  }
}

/**
 * When a stored ledger's key must have held: now, and for one that has ended, when it was issued. Nothing starts by its
 * entries any more; its rules still say what the unknown gets, also long after its key has gone. A clock that stands before
 * the ledger was made is wrong, and says nothing of its key.
 */
function timeOf({ ledger }: SignedLedger): Date {
  const { issuedAt, expiresAt } = Ledger.pick({ issuedAt: true, expiresAt: true }).parse(JSON.parse(ledger));
  const isWithin = Date.parse(issuedAt) <= Date.now() && Date.now() < Date.parse(expiresAt);
  return isWithin ? new Date() : new Date(issuedAt);
}
