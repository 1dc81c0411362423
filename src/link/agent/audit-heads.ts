import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditHead } from '#access/contract.ts';
import { type Clock, type Log, messageOf } from '#base/index.ts';
import { heldHeadsLimit } from '../contract.ts';
import { StoredHeads } from './schema.ts';
import { latestWriter, writeSafely } from './write-safely.ts';

const hour = 60 * 60_000;
/** One an hour for 400 days. */
const keptHeads = 400 * 24;
/** The console is told once in this time, and again after it did not answer: it may have been restored meanwhile. */
const reportEvery = 60_000;

export interface AuditHeadsOptions {
  /** Of what: heads of the evidence log are kept in files of their own. Missing: of the audit trail. */
  readonly of?: 'audit' | 'evidence';
  /** The agent's own. */
  readonly stateFolder: string;
  /** Its id: heads that it held for a console before it joined this one say nothing here. */
  readonly agent: string;
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly log: Log;
}

/** The heads of the console's audit trail, or of its evidence log, that this agent saw, so that one that was cut or written anew shows. */
export interface AuditHeads {
  /**
   * Keeps what the console answered: the newest, and one an hour. A lower one never takes the place of a higher one: that one
   * is kept from then on, as a trail that was cut, or restored, grows beyond it.
   */
  note(head: AuditHead): Promise<void>;
  /** Asked once for each delivery: the newest, the oldest and some between; nothing when the console was told a moment ago. */
  toReport(): readonly AuditHead[] | undefined;
}

/** Opens what is kept on the disk. A file that cannot be read, or written, is logged and never stops an agent. */
export async function openAuditHeads(options: AuditHeadsOptions): Promise<AuditHeads> {
  const { of = 'audit', stateFolder, agent, clock, random, log } = options;
  const newestFile = join(stateFolder, `${of}-head.json`);
  const hourlyFile = join(stateFolder, `${of}-heads.json`);
  const hourly = [...(await read(hourlyFile, options))];
  let [newest] = await read(newestFile, options);
  let kept = Date.parse(hourly.at(-1)?.at ?? '1970-01-01T00:00:00Z');
  let reported = 0;
  let isAnswered = true;
  const keep = async (head: AuditHead): Promise<void> => {
    if (hourly.some(({ hash }) => hash === head.hash)) return;
    hourly.push(head);
    hourly.splice(0, hourly.length - keptHeads);
    await writeHourly();
  };
  const write = (file: string, heads: () => readonly AuditHead[]) =>
    latestWriter(() => writeSafely(file, JSON.stringify({ agent, heads: heads() } satisfies StoredHeads)));
  const writeNewest = write(newestFile, () => (newest === undefined ? [] : [newest]));
  const writeHourly = write(hourlyFile, () => hourly);
  return {
    note: async (head) => {
      const now = clock().getTime();
      isAnswered = true;
      try {
        if (newest !== undefined && head.sequence < newest.sequence) await keep(newest);
        if (newest === undefined || head.sequence > newest.sequence) {
          newest = head;
          await writeNewest();
        }
        if (now - kept < hour) return;
        kept = now;
        await keep(head);
      } catch (error) {
        log.warn({ error: messageOf(error) }, 'A head that the console gave was not kept.');
      }
    },
    toReport: () => {
      const now = clock().getTime();
      const isDue = !isAnswered || now - reported >= reportEvery;
      isAnswered = false;
      if (newest === undefined || !isDue) return undefined;
      reported = now;
      return sampleOf(newest, hourly, random);
    },
  };
}

function sampleOf(newest: AuditHead, hourly: readonly AuditHead[], random: () => number): readonly AuditHead[] {
  const room = heldHeadsLimit - 2;
  const step = Math.max(1, hourly.length / room);
  const offset = random() * step;
  const between = Array.from({ length: room }, (_, at) => hourly[Math.floor(offset + at * step)]);
  const chosen = [newest, hourly[0], ...between].filter((head) => head !== undefined);
  return [...new Map(chosen.map((head) => [head.hash, head])).values()];
}

async function read(
  file: string,
  { agent, log }: Pick<AuditHeadsOptions, 'agent' | 'log'>,
): Promise<readonly AuditHead[]> {
  try {
    const stored = StoredHeads.parse(JSON.parse(await readFile(file, 'utf8')));
    return stored.agent === agent ? stored.heads.slice(-keptHeads) : [];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    log.warn({ file, error: messageOf(error) }, 'Heads that the console gave cannot be read; those kept are given up.');
    return [];
  }
}
