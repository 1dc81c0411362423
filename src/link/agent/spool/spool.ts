import type { Log } from '#base/index.ts';
import type { SentFact } from '../../contract.ts';
import { readBatch, type SpooledBatch } from './read-batch.ts';
import { openFiles } from './spool-files.ts';
import { openWriter } from './writer.ts';
import type { SpoolPosition } from './spool-position.ts';

/**
 * Facts on the disk, until the console has them. A fact is safe when `append` resolves; what is taken was safe before.
 * When the bound is reached, all that waits is given up, counted, and a new epoch begins. What the console has stays some
 * minutes longer, as far as there is room: a console that lost it gets it again.
 */
export interface Spool {
  /** `key`: facts with the same one that still wait are made void by this one. */
  append(fact: SentFact, key?: string): Promise<void>;
  /** The oldest facts that are not acknowledged, but no more than one batch; nothing when none waits. */
  take(): Promise<SpooledBatch | undefined>;
  /** The console has everything up to this sequence of this epoch. */
  acknowledge(epoch: string, sequence: number): Promise<void>;
  /** The console has less of this epoch than it acknowledged: what is still here of the rest waits again. */
  rewind(epoch: string, sequence: number): Promise<void>;
  /** Gives up what waits, unless this epoch has ended already: the console and this spool do not agree. */
  endEpoch(epoch: string, reason: string): Promise<void>;
  position(): SpoolPosition;
  close(): Promise<void>;
}

export interface SpoolOptions {
  readonly folder: string;
  /** Bytes on the disk at most. */
  readonly limit: number;
  readonly log: Log;
  /** There is more to take, or another epoch. */
  readonly changed: (what: 'facts' | 'epoch') => void;
  /** Milliseconds of a clock that never goes back; that of the process unless said. */
  readonly now?: () => number;
}

/** Opens what is there, cut off at the first record that is torn, or makes a new spool. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { log, limit, changed } = options;
  const files = await openFiles({ now: () => performance.now(), ...options });
  const serial = inTurn();
  const writer = openWriter({ files, serial, limit, log, changed });
  return {
    append: (fact, key = '') => writer.append(fact, key),
    take: () => serial(() => readBatch(files)),
    acknowledge: (epoch, sequence) =>
      serial(async () => {
        if (epoch === files.position().epoch) await files.acknowledge(sequence);
      }),
    rewind: (epoch, sequence) =>
      serial(async () => {
        if (epoch !== files.position().epoch) return;
        log.warn({ stored: sequence, ...files.position() }, 'The console has less than it had; it is sent again.');
        await files.rewind(sequence);
      }),
    endEpoch: (epoch, reason) =>
      serial(async () => {
        if (epoch !== files.position().epoch) return;
        log.warn({ reason, ...files.position() }, 'The spool is given up; a new epoch begins.');
        await files.beginEpoch();
        changed('epoch');
      }),
    position: files.position,
    close: async () => {
      await writer.settled();
      await serial(files.close);
    },
  };
}

/** One piece of work after the other. */
function inTurn(): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
