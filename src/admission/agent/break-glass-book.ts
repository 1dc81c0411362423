import { type FSWatcher, mkdirSync, readdirSync, readFileSync, watch } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Log, messageOf } from '#base/index.ts';
import { BreakGlassFact } from '../contract.ts';
import type { BreakGlass } from '../decide.ts';

export interface BreakGlassOptions {
  /** `ID.json` for each entry, put there by root with `seawall gate allow`; `ID.told` where the console has it. */
  readonly folder: string;
  /** Resolves when the fact is safe on this disk. */
  readonly tell: (fact: BreakGlassFact) => Promise<void>;
  /** Called when an entry came, or its time is over. */
  readonly changed: () => void;
  readonly log: Log;
  /** Milliseconds between two looks, besides those that a change of the folder brings. */
  readonly look?: number;
}

/** What root on this host let start although the console was not asked. */
export interface BreakGlassBook {
  /** Those whose time is not over. */
  entries(): readonly BreakGlass[];
  close(): Promise<void>;
}

/** Entries at most; whoever writes here is root, and a mistake shall not fill the memory. */
const most = 1000;

/** Takes in entries as they come, tells each of them once, and removes it when it was told and its time is over. */
export function openBreakGlassBook(options: BreakGlassOptions): BreakGlassBook {
  const { folder, log, changed, look = 10_000 } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let held: readonly BreakGlassFact[] = read(options);
  let telling = tellAll(options);
  const refresh = (): void => {
    const before = held.map(({ id }) => id).join();
    held = read(options);
    telling = telling.then(() => tellAll(options));
    if (held.map(({ id }) => id).join() !== before) changed();
  };
  const watcher = watching(folder, refresh, log);
  const timer = setInterval(refresh, look);
  return {
    entries: () => held.map(({ digest, until }) => ({ digest, until: new Date(until) })),
    async close() {
      clearInterval(timer);
      watcher?.close();
      await telling;
    },
  };
}

/** Without it, the looks by the clock find what is new. */
function watching(folder: string, refresh: () => void, log: Log): FSWatcher | undefined {
  try {
    const watcher = watch(folder, refresh);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch (error) {
    log.warn({ folder, error: messageOf(error) }, 'Entries of break-glass are seen only now and then.');
    return undefined;
  }
}

/** Those whose time is not over. */
function read(options: BreakGlassOptions): readonly BreakGlassFact[] {
  const now = new Date();
  return readAll(options).filter(({ until }) => new Date(until) > now);
}

function readAll({ folder, log }: BreakGlassOptions): readonly BreakGlassFact[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.slice(0, most).flatMap((name) => {
    try {
      const fact = BreakGlassFact.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      return `${fact.id}.json` === name ? [fact] : [];
    } catch (error) {
      log.warn({ file: join(folder, name), error: messageOf(error) }, 'An entry of break-glass cannot be read.');
      return [];
    }
  });
}

/** What could not be told is told at the next look; told twice it counts once, by its id. */
async function tellAll(options: BreakGlassOptions): Promise<void> {
  const { folder, tell, log } = options;
  try {
    const told = new Set(readdirSync(folder).filter((name) => name.endsWith('.told')));
    for (const fact of readAll(options)) {
      const mark = `${fact.id}.told`;
      if (!told.has(mark)) {
        await tell(fact);
        await writeFile(join(folder, mark), '', { mode: 0o600, flush: true });
      }
      if (new Date(fact.until) > new Date()) continue;
      await rm(join(folder, `${fact.id}.json`), { force: true });
      await rm(join(folder, mark), { force: true });
    }
  } catch (error) {
    log.error({ error: messageOf(error) }, 'An entry of break-glass could not be told; it is tried again.');
  }
}
