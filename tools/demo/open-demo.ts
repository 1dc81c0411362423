import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeConsole, type Console } from '#apps/console/compose.ts';
import { type ConsoleConfig, readConsoleConfig } from '#apps/console/config.ts';
import { writeInstance } from '#apps/console/instance.ts';
import { demoDatabase } from './database.ts';
import { beginningOf, demoClock, type Played, play, type Stage } from './play.ts';
import { readRecording } from './recording.ts';

/** A console that played the recording, with its hosts. */
export interface Demo {
  /** Of the pages. */
  readonly origin: string;
  /** Its state folder. */
  readonly folder: string;
  readonly console: Console;
  /** Ends all of it, and removes its data unless they are to stay. */
  close(): Promise<void>;
}

export interface DemoOptions {
  /** Of the pages; agents get any free one. */
  readonly port: number;
  /** Where the vulnerability database is kept for the next time. */
  readonly cache: string;
  readonly data: 'removed' | 'kept';
  readonly say: (line: string) => void;
  readonly sayStep: Stage['say'];
  /** Ends it while it is being opened. */
  readonly signal: AbortSignal;
}

/** Folder of the checkout: two above this file, and above the bundle in `dist/demo`. */
export const root = join(import.meta.dirname, '../..');

/** Starts a console of its own in a folder of its own and plays the recording: needs no network, no engine and no root. */
export async function openDemo(options: DemoOptions): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-demo-'));
  // PostgreSQL runs as another user when this one is root.
  chmodSync(folder, 0o711);
  const closers: (() => unknown)[] = [
    () => {
      if (options.data === 'removed') rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  ];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    return { ...(await fill(folder, options, closers)), folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(
  folder: string,
  { port, cache, say, sayStep, signal }: DemoOptions,
  closers: (() => unknown)[],
): Promise<Pick<Demo, 'origin' | 'console'>> {
  const recording = readRecording(join(root, 'tools/demo/recording/estate.json.zst'));
  const database = demoDatabase({ root, cache, say });
  // Told when it is waited for.
  database.catch(() => undefined);
  const clock = demoClock();
  clock.put(beginningOf(recording, Date.now()).getTime());
  const place = { stateFolder: folder, checkout: root, host: '127.0.0.1', port, linkPort: 0, hostNames: [] };
  const config: ConsoleConfig = {
    ...readConsoleConfig({}, place),
    store: { kind: 'embedded', folder, durability: 'none' },
  };
  say('Starting PostgreSQL …');
  const console = await composeConsole(config, {
    clock: clock.now,
    demo: { recordedAt: new Date(recording.startedAt) },
  });
  closers.push(() => console.close());
  closers.push(writeInstance(folder, { url: config.origin, bucketSeconds: config.learningBucketSeconds }));
  await console.access.ensureFirstUser();
  await useDatabase(console, { folder, from: await database, path: config.databasePath });
  say('Playing three weeks that were recorded in the lab …');
  const played: Played = await play(recording, { console, clock, folder, signal, say: sayStep });
  closers.push(() => played.close());
  return { origin: config.origin, console };
}

interface Placing {
  readonly folder: string;
  /** Folder of the database and of the key that signed it. */
  readonly from: string;
  readonly path: string;
}

async function useDatabase({ vulnerability }: Console, { folder, from, path }: Placing): Promise<void> {
  mkdirSync(join(folder, 'keys'), { recursive: true, mode: 0o700 });
  cpSync(join(from, 'keys'), join(folder, 'keys'), { recursive: true });
  cpSync(join(from, 'vulnerability.db'), path);
  await vulnerability.useDatabase(path);
}
