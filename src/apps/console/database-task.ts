import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, messageOf } from '#base/index.ts';
import { findFeeds } from '#vulnerability/index.ts';
import type { VulnerabilityService } from '#vulnerability/console/index.ts';
import { startChild } from './child.ts';

export interface DatabaseTask {
  readonly path: string;
  readonly env: Environment;
  /** Folder of the package, beside which development keeps feeds. */
  readonly checkout: string;
  readonly service: VulnerabilityService;
  /** Says how far it is, for the terminal. */
  readonly say: (words: string) => void;
  /** Ends a build under way. */
  readonly ended: AbortSignal;
}

/** How it ended, as one sentence; `missing` holds what to do next. */
export type DatabaseOutcome =
  | { readonly kind: 'ready'; readonly words: string }
  | { readonly kind: 'missing'; readonly words: string };

/** Hours after which the public feeds are fetched again. */
const freshHours = 12;

/**
 * Brings the vulnerability database into use: the one that is there, one built from a folder of feeds when that is
 * newer, or one from the public feeds. A database that is there is used while a newer one is made.
 */
export async function ensureDatabase(task: DatabaseTask): Promise<DatabaseOutcome> {
  const feeds = findFeeds(task.env, task.checkout);
  const present = await usePresent(task);
  if (present !== undefined && isCurrent(task.path, feeds)) return present;
  const built = await build(
    task,
    feeds === undefined ? ['db', 'update', '--out', task.path] : ['db', 'build', '--feeds', feeds, '--out', task.path],
  );
  if (built.code === 0) return await use(task);
  const why = built.lastWords || 'The build was ended from outside.';
  if (present !== undefined) return { kind: 'ready', words: `${present.words}; a newer one could not be made: ${why}` };
  if (!task.ended.aborted) await task.service.reportTrouble(why);
  return { kind: 'missing', words: why };
}

async function usePresent(task: DatabaseTask): Promise<DatabaseOutcome | undefined> {
  if (!existsSync(task.path)) return undefined;
  try {
    return await use(task);
  } catch (error) {
    task.say(`The database is made again: ${messageOf(error)}`);
    return undefined;
  }
}

async function use({ service, path }: DatabaseTask): Promise<DatabaseOutcome> {
  const info = await service.useDatabase(path);
  return {
    kind: 'ready',
    words: `${info.advisories.toLocaleString('en')} advisories of ${info.sources.length} sources`,
  };
}

/** A folder of feeds is compared by its newest file; public feeds by the age of the database file. */
function isCurrent(path: string, feeds: string | undefined): boolean {
  const made = statSync(path).mtimeMs;
  if (feeds === undefined) return Date.now() - made < freshHours * 3_600_000;
  return made >= newestIn(feeds, 2);
}

/** Newest change in a folder, `depth` folders deep; 0 for what is not there. */
function newestIn(path: string, depth: number): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (depth === 0 || !found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name), depth - 1)));
}

function build(
  { env, service, say, ended }: DatabaseTask,
  words: readonly string[],
): Promise<{ readonly code: number; readonly lastWords: string }> {
  let reported = 0;
  const child = startChild({
    words: [...words, '--news'],
    env,
    heard(news) {
      const progress = news as { readonly done: number; readonly total: number; readonly current: string };
      say(`${Math.floor((100 * progress.done) / Math.max(1, progress.total))} %, ${progress.current}`);
      if (Date.now() - reported < 500) return;
      reported = Date.now();
      service.reportBuilding(progress).catch(() => undefined);
    },
  });
  const stop = (): void => void child.stop();
  if (ended.aborted) stop();
  ended.addEventListener('abort', stop);
  return child.ended.finally(() => ended.removeEventListener('abort', stop));
}
