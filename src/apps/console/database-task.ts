import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, type Environment, isAppError, messageOf } from '#base/index.ts';
import {
  type DatabaseInfo,
  filesNotTaken,
  findFeeds,
  isOlder,
  isOlderAllowed,
  readDatabaseInfo,
} from '#vulnerability/index.ts';
import type { VulnerabilityService } from '#vulnerability/console/index.ts';
import { startChild } from './child.ts';

export interface DatabaseTerms {
  readonly path: string;
  readonly env: Environment;
  /** Folder of the package, beside which development keeps feeds. */
  readonly checkout: string;
  readonly service: VulnerabilityService;
  /** Ends a build under way. */
  readonly ended: AbortSignal;
}

/** Says how far a database is, for the terminal. */
export type SayProgress = (words: string) => void;

/** How it ended, as one sentence; `missing` holds what to do next. */
export type DatabaseOutcome =
  | { readonly kind: 'ready'; readonly words: string }
  | { readonly kind: 'missing'; readonly words: string };

/** Hours after which the public feeds are fetched again. */
const freshHours = 12;

/** Keeps the vulnerability database of a console in use and fresh. */
export class DatabaseTask {
  readonly #terms: DatabaseTerms;
  /** The file that was taken into use last, as it looked then. */
  #taken = '';
  #isEnsuring = false;
  /** Of the one in use. */
  #info: DatabaseInfo | undefined;
  #outcome: DatabaseOutcome | undefined;

  constructor(terms: DatabaseTerms) {
    this.#terms = terms;
  }

  /**
   * Brings the vulnerability database into use: the one that is there, one built from a folder of feeds when that is
   * newer, or one from the public feeds. A database that is there is used while a newer one is made.
   */
  async ensure(say: SayProgress): Promise<DatabaseOutcome> {
    this.#isEnsuring = true;
    try {
      this.#outcome = await this.#ensure(say);
      return this.#outcome;
    } finally {
      this.#isEnsuring = false;
    }
  }

  /** How it ended the last time; nothing before that. */
  outcome(): { readonly database?: DatabaseOutcome } {
    return this.#outcome === undefined ? {} : { database: this.#outcome };
  }

  /**
   * Takes a database into use that somebody else put in the place of the one in use, such as `seawall db import`;
   * `undefined` when none did. Throws once for one that cannot be used, or is older than the one in use and was not wanted
   * by `--older`; the one before then stays.
   */
  async follow(): Promise<DatabaseOutcome | undefined> {
    const found = lookOf(this.#terms.path);
    if (this.#isEnsuring || found === '' || found === this.#taken) return undefined;
    this.#refuseOlder(found);
    return await this.#use();
  }

  /** Throws `database-older`, once for each file. */
  #refuseOlder(found: string): void {
    const { path } = this.#terms;
    if (this.#info === undefined) return;
    const incoming = infoOf(path);
    if (incoming === undefined || !isOlder(incoming, this.#info) || isOlderAllowed(path, incoming)) return;
    this.#taken = found;
    throw new AppError(
      'database-older',
      `The database that was put to ${path} was built ${incoming.builtAt}, the one in use ${this.#info.builtAt}.`,
    );
  }

  async #ensure(say: SayProgress): Promise<DatabaseOutcome> {
    const { path, env, checkout, service, ended } = this.#terms;
    const feeds = findFeeds(env, checkout);
    const present = await this.#usePresent(say);
    if (present !== undefined && isCurrent(path, feeds)) return present;
    const built = await build(
      this.#terms,
      feeds === undefined ? ['db', 'update', '--out', path] : ['db', 'build', '--feeds', feeds, '--out', path],
      say,
    );
    if (built.code === 0) return await this.#use();
    const why = built.lastWords || 'The build was ended from outside.';
    if (present !== undefined)
      return { kind: 'ready', words: `${present.words}; a newer one could not be made: ${why}` };
    if (!ended.aborted) await service.reportTrouble(why);
    return { kind: 'missing', words: why };
  }

  async #usePresent(say: SayProgress): Promise<DatabaseOutcome | undefined> {
    if (!existsSync(this.#terms.path)) return undefined;
    try {
      return await this.#use();
    } catch (error) {
      say(`The database is made again: ${messageOf(error)}`);
      return undefined;
    }
  }

  async #use(): Promise<DatabaseOutcome> {
    const { path, service } = this.#terms;
    this.#taken = lookOf(path);
    const info = await service.useDatabase(path);
    this.#info = info;
    const whole = `${info.advisories.toLocaleString('en')} advisories of ${info.sources.length} sources`;
    return { kind: 'ready', words: [whole, ...filesNotTaken(info)].join('; ') };
  }
}

/** Nothing of a file that cannot be read: taking it into use says why. */
function infoOf(path: string): DatabaseInfo | undefined {
  try {
    return readDatabaseInfo(path, []);
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}

/** Another file, or another content, looks otherwise; empty where there is none. */
function lookOf(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
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
  { env, service, ended }: DatabaseTerms,
  words: readonly string[],
  say: SayProgress,
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
