import {
  closeSync,
  constants,
  existsSync,
  type FSWatcher,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  watch,
} from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atEachBeat, type Log, messageOf } from '#base/index.ts';
import { BreakGlassFact } from '../../contract.ts';
import type { BreakGlass } from '#admission/index.ts';

export interface BreakGlassOptions {
  /** `ID.json` for each entry, put there by root with `seawall gate allow`; `ID.told` where the console has it. */
  readonly folder: string;
  /** Resolves when the fact is safe on this disk. */
  readonly report: (fact: BreakGlassFact) => Promise<void>;
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
  /** What is wrong with what lies in the folder, with the next step. */
  problems(): readonly string[];
  close(): Promise<void>;
}

/** Files looked at, and entries taken, at most; whoever writes here is root, and a mistake shall not fill the memory. */
const mostFiles = 10_000;
const most = 1000;
/** Bytes of an entry at most. */
const longest = 64 * 1024;

/**
 * Takes in entries as they come, tells each of them once, and removes it when it was told and its time is over. What
 * cannot be read, told or removed is in the way of no other.
 */
export function openBreakGlassBook(options: BreakGlassOptions): BreakGlassBook {
  const { folder, log, changed, look = 10_000 } = options;
  const book: Book = { options, known: new Map(), reported: new Set(), unread: new Map(), unreported: new Map() };
  read(book);
  let reporting = reportAll(book);
  let shown = idsOf(book);
  const refresh = (): void => {
    read(book);
    reporting = reporting.then(() => reportAll(book));
    const before = shown;
    shown = idsOf(book);
    if (shown !== before) changed();
  };
  const watcher = watching(folder, refresh, log);
  const stopLooking = atEachBeat(look, refresh);
  return {
    entries: () => held(book).map(({ digest, until }) => ({ digest, until: new Date(until) })),
    problems: () => problemsOf(book),
    async close() {
      stopLooking();
      watcher?.close();
      await reporting;
    },
  };
}

interface Book {
  readonly options: BreakGlassOptions;
  /** Entries by their file as they were last read, also those whose time is over. */
  readonly known: Map<string, BreakGlassFact>;
  /** Ids that this run told, should the disk not take their mark. */
  readonly reported: Set<string>;
  /** Why a file, or the folder, cannot be read. */
  readonly unread: Map<string, string>;
  /** Why an entry cannot be told or put away. */
  readonly unreported: Map<string, string>;
}

/** Without it, the looks by the clock find what is new. */
function watching(folder: string, refresh: () => void, log: Log): FSWatcher | undefined {
  try {
    // Marks of what was told are its own.
    const watcher = watch(folder, (_, name) => void (name?.endsWith('.told') !== true && refresh()));
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch (error) {
    log.warn({ folder, error: messageOf(error) }, 'Entries of break-glass are seen only now and then.');
    return undefined;
  }
}

/** Those whose time is not over. */
function held({ known }: Book): readonly BreakGlassFact[] {
  const now = new Date();
  return [...known.values()].filter(({ until }) => new Date(until) > now).slice(0, most);
}

function idsOf(book: Book): string {
  return held(book)
    .map(({ id }) => id)
    .join();
}

/** What was read of a folder that cannot be read now holds on; whoever removed the folder took its entries back. */
function read(book: Book): void {
  const { folder } = book.options;
  let names: readonly string[];
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    return note(book, 'unread', { file: folder, why: messageOf(error) });
  }
  const there = new Set(names.map((name) => join(folder, name)));
  for (const map of [book.known, book.unread, book.unreported])
    for (const file of map.keys()) if (file !== folder && !there.has(file)) map.delete(file);
  for (const file of [...there].slice(0, mostFiles)) readEntry(book, file);
  const isCrowded = there.size > mostFiles || book.known.size > most;
  if (isCrowded) note(book, 'unread', { file: folder, why: `it holds more than the ${most} entries that are taken` });
  else book.unread.delete(folder);
}

/** One that is there, was read, and that the system does not let be read now, holds on for its time. */
function readEntry(book: Book, file: string): void {
  try {
    const fact = BreakGlassFact.parse(JSON.parse(readSmall(file)));
    if (file !== join(book.options.folder, `${fact.id}.json`)) throw new Error('it is named otherwise than its entry');
    book.known.set(file, fact);
    book.unread.delete(file);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined || code === 'ENOENT') book.known.delete(file);
    note(book, 'unread', { file, why: messageOf(error).slice(0, 300) });
  }
}

/** Never waits for a writer, as a pipe would. */
function readSmall(file: string): string {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) throw new Error('it is no file');
    if (stats.size > longest) throw new Error(`it is longer than ${longest} bytes`);
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}

/** What could not be told is told at the next look; told twice it counts once, by its id. */
async function reportAll(book: Book): Promise<void> {
  for (const [file, fact] of book.known) {
    try {
      await reportOne(book, file, fact);
      book.unreported.delete(file);
    } catch (error) {
      note(book, 'unreported', { file, why: messageOf(error) });
    }
  }
}

async function reportOne({ options, reported, known }: Book, file: string, fact: BreakGlassFact): Promise<void> {
  const mark = join(options.folder, `${fact.id}.told`);
  if (!existsSync(mark)) {
    if (!reported.has(fact.id)) await options.report(fact);
    reported.add(fact.id);
    await writeFile(mark, '', { mode: 0o600, flush: true });
  }
  if (new Date(fact.until) > new Date()) return;
  await rm(file, { force: true });
  known.delete(file);
  await rm(mark, { force: true });
  reported.delete(fact.id);
}

interface Fault {
  readonly file: string;
  readonly why: string;
}

/** Logged once for each reason. */
function note(book: Book, kind: 'unread' | 'unreported', { file, why }: Fault): void {
  if (book[kind].get(file) === why) return;
  book[kind].set(file, why);
  const what = kind === 'unread' ? 'An entry of break-glass cannot be read.' : 'An entry of break-glass waits.';
  book.options.log.warn({ file, error: why }, what);
}

function problemsOf({ unread, unreported }: Book): readonly string[] {
  return [
    ...sentenceOf(
      unread,
      'What root let start cannot be read',
      'Mend or remove it, and say it again by seawall gate allow.',
    ),
    ...sentenceOf(
      unreported,
      'What root allowed cannot be reported or put away',
      'Make room on the disk, or mend its rights.',
    ),
  ];
}

function sentenceOf(faults: ReadonlyMap<string, string>, what: string, remedy: string): readonly string[] {
  const [first] = faults;
  if (first === undefined) return [];
  const others = faults.size > 1 ? `, and ${faults.size - 1} more` : '';
  return [`${what}: ${first.join(': ')}${others}. ${remedy}`];
}
