import { type Analyzer, type Program, programOf, SoughtTexts } from '#ecosystems/index.ts';
import type { FileSink, LayerFile, LayerWatcher, Spans } from '#image/index.ts';
import { ElfCapture } from './executables/elf-capture.ts';
import { readElf } from './executables/elf.ts';
import type { AnalyzedPath, FileAnalysis } from './layer-result.ts';

/** Recognises what machine programs are built of, while a layer or a folder is read. */
export interface ProgramReading {
  readonly watcher: LayerWatcher;
  /** Every program by its path, also those that nothing identifies. */
  readonly found: ReadonlyMap<string, AnalyzedPath>;
  /** Files of which more must be at hand than a stream leaves; what they are is not told yet. */
  readonly left: ReadonlySet<string>;
  /** Whether a library of this path is looked at, also where nobody may execute it. */
  isSought(path: string): boolean;
  /** Looks at a program of which all is at hand. */
  whole(file: Pick<LayerFile, 'path' | 'size'>, bytes: Spans): void;
}

/** Lets these analyzers look at programs. */
export function createProgramReading(analyzers: readonly Analyzer[]): ProgramReading {
  const readers = analyzers.filter(({ program }) => program !== undefined);
  const left = new Set<string>();
  const found = new Map<string, AnalyzedPath>();
  const forget = (path: string): void => {
    left.delete(path);
    found.delete(path);
  };
  const look = (file: LookedAt): void => {
    const program = identify(file, readers);
    if (program === 'not-at-hand') left.add(file.path);
    else if (program !== undefined) found.set(file.path, program);
  };
  const seeks = (path: string): readonly string[] => readers.flatMap((one) => one.seeks?.(path) ?? []);
  return {
    watcher: watcherOf({ look, forget, seeks }),
    found,
    left,
    isSought: (path) => path.includes('.so') && seeks(path).length > 0,
    whole: ({ path, size }, bytes) => look({ path, size, bytes, isWhole: true }),
  };
}

interface LookedAt {
  readonly path: string;
  readonly size: number;
  readonly bytes: Spans;
  readonly isWhole: boolean;
  /** Missing: all is at hand. */
  readonly around?: Program['around'];
}

function identify(file: LookedAt, readers: readonly Analyzer[]): AnalyzedPath | 'not-at-hand' | undefined {
  const program = programOf(file);
  const facts = program && readElf(file.bytes);
  if (program === undefined || facts === undefined || facts.type === 'other') return undefined;
  const analyses: FileAnalysis[] = [];
  for (const reader of readers) {
    const analysis = reader.program?.(program);
    if (analysis === 'not-at-hand') return analysis;
    if (analysis !== undefined) analyses.push({ analyzer: reader.id, analysis });
  }
  // Libraries are what programs need; which ones tell nothing of themselves is of no use.
  if (analyses.length === 0 && facts.type === 'shared-object') return undefined;
  const isStatic = facts.interpreter === undefined && facts.needed?.length === 0;
  return { path: file.path, analyses, program: isStatic ? 'static' : 'dynamic' };
}

/** Of each program; of larger ones also what it writes to and where its sections are listed. */
const keptBytes = 4 * 1024 ** 2;
const elfMagic = Buffer.from('\x7fELF', 'latin1');

interface Watching {
  look(file: LookedAt): void;
  /** Told of each path that comes: what lay there before in the same layer is no more. */
  forget(path: string): void;
  seeks(path: string): readonly string[];
}

function watcherOf({ look, forget, seeks }: Watching): LayerWatcher {
  const capture = new ElfCapture(keptBytes);
  let file = { path: '', size: 0 };
  let head = noBytes;
  let sought = new SoughtTexts([]);
  let state: 'undecided' | 'taken' | 'dropped' = 'dropped';
  const keep = (bytes: Buffer): void => {
    capture.write(bytes);
    sought.write(bytes);
  };
  const told = (): void => {
    if (file.size <= capture.longest) return look({ ...file, bytes: capture, isWhole: true });
    sought.end();
    const one = sought;
    look({ ...file, bytes: capture, isWhole: false, around: (text) => one.around(text) });
  };
  const sink: FileSink = {
    write(chunk) {
      if (state === 'dropped') return;
      if (state === 'taken') return keep(chunk);
      const seen = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      if (seen.length < elfMagic.length) return void (head = Buffer.from(seen));
      state = seen.subarray(0, elfMagic.length).equals(elfMagic) ? 'taken' : 'dropped';
      if (state === 'dropped') return;
      capture.start(file.size);
      sought = new SoughtTexts(file.size > capture.longest ? seeks(file.path) : []);
      keep(seen);
    },
    end() {
      if (state === 'taken') told();
      state = 'dropped';
    },
  };
  return {
    file(path, size) {
      forget(path);
      file = { path, size };
      [head, state] = [noBytes, size < smallest ? 'dropped' : 'undecided'];
      return sink;
    },
    hardLink: forget,
    other: forget,
  };
}

const noBytes = Buffer.alloc(0);
/** Bytes of the header of the smallest ELF file. */
const smallest = 52;

/** Lets several watchers see the same layer. */
export function watchedByAll(watchers: readonly [LayerWatcher, ...(readonly LayerWatcher[])]): LayerWatcher {
  if (watchers.length === 1) return watchers[0];
  /** Of the file that comes now: one comes after the other. */
  const sinks: FileSink[] = [];
  const all: FileSink = {
    write(chunk) {
      for (const sink of sinks) sink.write(chunk);
    },
    end() {
      for (const sink of sinks) sink.end();
    },
  };
  return {
    file(path, size, mode) {
      sinks.length = 0;
      for (const one of watchers) {
        const sink = one.file(path, size, mode);
        if (sink !== undefined) sinks.push(sink);
      }
      return all;
    },
    hardLink: (path, target) => watchers.forEach((one) => one.hardLink(path, target)),
    other: (path, kind) => watchers.forEach((one) => one.other(path, kind)),
    symlink: (path, target) => watchers.forEach((one) => one.symlink?.(path, target)),
    header: (header) => watchers.forEach((one) => one.header?.(header)),
  };
}
