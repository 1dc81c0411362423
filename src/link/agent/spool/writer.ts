import { AppError, type Log, messageOf } from '#base/index.ts';
import type { SentFact } from '../../contract.ts';
import { encodeFact } from './record.ts';
import type { SpoolFiles } from './spool-files.ts';

/** Puts facts on the disk, those that come at about the same time together. */
export interface SpoolWriter {
  append(fact: SentFact, key: string): Promise<void>;
  /** Nothing is left to be written. */
  settled(): Promise<void>;
}

export interface WriterOptions {
  readonly files: SpoolFiles;
  readonly limit: number;
  readonly log: Log;
  /** Runs one piece of work on the files after the other. */
  readonly serial: <Value>(work: () => Promise<Value>) => Promise<Value>;
  readonly changed: (what: 'facts' | 'epoch') => void;
}

interface Pending {
  readonly record: Buffer;
  readonly key: string;
  readonly done: PromiseWithResolvers<void>;
}

/** Milliseconds from one write to the next. */
const writeEvery = 20;
/** Characters of one fact; a console reads bodies of 72 MiB. */
const longestFact = 64 * 1024 * 1024;
/** Bytes of one write, unless one fact is larger. */
const writeAtOnce = 8 * 1024 * 1024;

export function openWriter(options: WriterOptions): SpoolWriter {
  const pending: Pending[] = [];
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (pending.length > 0) {
      const batch = nextOf(pending);
      await options.serial(() => write(batch, options));
      if (pending.length > 0) await new Promise((resolve) => setTimeout(resolve, writeEvery));
    }
    writing = undefined;
  }

  return {
    append: async (fact, key) => {
      const text = JSON.stringify(fact);
      const record = encodeFact(text, key);
      if (text.length > longestFact || record.length > options.limit / 2)
        throw new AppError('too-large', `A fact "${fact.kind}" of ${text.length} bytes cannot be sent.`);
      const done = Promise.withResolvers<void>();
      pending.push({ record, key, done });
      writing ??= writeAll();
      return done.promise;
    },
    settled: async () => writing,
  };
}

async function write(batch: readonly Pending[], options: WriterOptions): Promise<void> {
  const { files, log, changed } = options;
  try {
    if (await madeRoom(batch, options)) changed('epoch');
    await files.write(batch);
    for (const { done } of batch) done.resolve();
    changed('facts');
  } catch (cause) {
    log.error({ error: messageOf(cause) }, 'The spool cannot be written.');
    const error = new AppError('state-unwritable', `The spool cannot be written: ${messageOf(cause)}.`, { cause });
    for (const { done } of batch) done.reject(error);
  }
}

/** Whether a new epoch had to begin: there was no room, or facts could not be written before and are missing. */
async function madeRoom(batch: readonly Pending[], { files, limit, log }: WriterOptions): Promise<boolean> {
  const size = batch.reduce((sum, { record }) => sum + record.length, 0);
  const fits = (): boolean => files.position().bytes + size <= limit;
  if (!files.isBroken()) {
    if (fits()) return false;
    await files.forgetAcknowledged();
    if (fits()) return false;
    await files.compact();
    if (fits()) return false;
  }
  log.warn(files.position(), 'The spool is full or lacks facts and is given up; a new epoch begins.');
  await files.beginEpoch();
  return true;
}

function nextOf(pending: Pending[]): readonly Pending[] {
  let size = 0;
  const end = pending.findIndex(({ record }) => (size += record.length) > writeAtOnce);
  return pending.splice(0, end < 0 ? pending.length : Math.max(1, end));
}
