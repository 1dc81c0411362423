import { readFileSync } from 'node:fs';
import { type Log, messageOf } from '#base/index.ts';
import { writeSafely } from '#link/agent/index.ts';
import type { TrialLine } from '../../contract.ts';
import { StoredTrials } from '../schema.ts';
import type { LineResult } from './try-line.ts';

type LineName = Pick<TrialLine, 'rule' | 'check' | 'ring'>;
type Try = StoredTrials['lines'][number]['tries'][number];

interface Kept {
  readonly tries: readonly Try[];
  readonly reason?: string;
}

const day = 24 * 60 * 60_000;
/** Tries of one line that are kept; one that is tried more often is counted from the newest on. */
const mostTries = 200;

/** How each line was answered within the last day. */
export class TrialBook {
  readonly #kept: Map<string, Kept>;
  readonly #file: string;
  readonly #log: Log;

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#log = log;
    this.#kept = new Map(readStored(file, log).map((line) => [keyOf(line), keptOf(line)]));
  }

  /** Takes in a result, and returns whether the line stands otherwise than before. */
  note(line: LineName, { state, reason }: LineResult, now: Date): boolean {
    const key = keyOf(line);
    const { tries } = this.#kept.get(key) ?? { tries: [] };
    const since = new Date(now.getTime() - day).toISOString();
    const kept = [...tries.filter(({ at }) => at > since), { at: now.toISOString(), state }].slice(-mostTries);
    this.#kept.set(key, { tries: kept, ...(reason !== undefined && { reason }) });
    return tries.at(-1)?.state !== state;
  }

  /** What is to be said of lines in force; those that were never tried are left out. */
  lines(inForce: readonly LineName[], now: Date): readonly TrialLine[] {
    return inForce.flatMap((line) => {
      const kept = this.#kept.get(keyOf(line));
      return kept === undefined ? [] : lineOf(line, kept, now);
    });
  }

  /** Keeps what is in force, safe on the disk. */
  async keep(inForce: readonly LineName[]): Promise<void> {
    const keys = new Set(inForce.map((line) => keyOf(line)));
    for (const key of this.#kept.keys()) if (!keys.has(key)) this.#kept.delete(key);
    const lines = inForce.flatMap(({ rule, check, ring }) => {
      const kept = this.#kept.get(keyOf({ rule, check, ring }));
      return kept === undefined ? [] : [{ rule, check, ring, ...kept }];
    });
    await writeSafely(this.#file, JSON.stringify({ form: 1, lines })).catch((error: unknown) =>
      this.#log.warn({ file: this.#file, error: messageOf(error) }, 'Trials of lines could not be kept.'),
    );
  }
}

function lineOf({ rule, check, ring }: LineName, { tries, reason }: Kept, now: Date): readonly TrialLine[] {
  const since = new Date(now.getTime() - day).toISOString();
  const recent = tries.filter(({ at }) => at > since);
  const newest = tries.at(-1);
  if (newest === undefined) return [];
  const answered = recent.filter(({ state }) => state !== 'untried');
  const refused = answered.filter(({ state }) => state === 'refused');
  const [last, lastRefused] = [answered.at(-1)?.at, refused.at(-1)?.at];
  return [
    {
      ...(rule !== undefined && { rule }),
      check,
      ring,
      state: newest.state,
      tried: answered.length,
      refused: refused.length,
      untried: recent.length - answered.length,
      ...(last !== undefined && { last }),
      ...(lastRefused !== undefined && { lastRefused }),
      ...(reason !== undefined && { reason }),
    },
  ];
}

/** A rule that was changed is another one: how the one before was answered says nothing of it. */
export function keyOf({ rule, check, ring }: LineName): string {
  return JSON.stringify([rule?.id, rule?.version, check, ring]);
}

function keptOf({ tries, reason }: StoredTrials['lines'][number]): Kept {
  return { tries, ...(reason !== undefined && { reason }) };
}

function readStored(file: string, log: Log): StoredTrials['lines'] {
  try {
    return StoredTrials.parse(JSON.parse(readFileSync(file, 'utf8'))).lines;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      log.warn({ file, error: messageOf(error) }, 'Trials of before are not known any more.');
    return [];
  }
}
