import { messageOf, oneLine } from '#base/index.ts';
import {
  type Fault,
  type LayerBlob,
  type LayerFile,
  type LayerPass,
  type LayerVisitor,
  type OpenedFolder,
  readFolder,
  readLayer,
  type ReadLayerOptions,
  type ScanLimits,
} from '#image/index.ts';
import { namesByAlias } from './aliases.ts';
import { type Analysis, type Analyzer, nothing, readersOfInstalled } from '#ecosystems/index.ts';
import { createContentCollector } from './contents/collect.ts';
import { createExecutableCollector, type ExecutableCollector } from './executables/collect.ts';
import type { ExecutablesWanted, LayerExecutables } from './executables/layer-executables.ts';
import { createSecretCollector } from './file-facts/layer-secrets.ts';
import { createFileFactCollector } from './file-facts/collect.ts';
import { TextTooLong, wholeSpans } from '#ecosystems/index.ts';
import type { Alias, AnalyzedPath, FileAnalysis, LayerResult } from './layer-result.ts';
import type { MalwareTask } from './malware/layer-malware.ts';
import type { UnpackTask } from './scripts/layer-unpacked.ts';
import { unreadDatabase } from './package-databases.ts';
import { createProgramReading, type ProgramReading, watchedByAll } from './programs.ts';

/** What is read, and how. */
export interface LayerTask {
  readonly what:
    | { readonly kind: 'layer'; readonly blob: LayerBlob }
    | { readonly kind: 'folder'; readonly path: string; readonly holds: OpenedFolder['holds'] };
  readonly limits: ScanLimits;
  readonly aliases: readonly Alias[];
  /** Of folders they are never looked at. */
  readonly executables: ExecutablesWanted;
  /** The layer is searched for malware, and nothing else is read. */
  readonly malware?: MalwareTask;
  /** The SHA-1 of all programs is taken, and nothing else of the layer is told. */
  readonly only?: 'program-sums';
  /** The layer is laid over those that were unpacked before, and nothing else is read. */
  readonly unpack?: UnpackTask;
  /** Faults that stand for files which are not read again: their analysis ended the reader before. */
  readonly avoided?: readonly Fault[];
}

/** Hears how the reading of a layer goes on. */
export interface LayerListener {
  /** Bytes of the unpacked layer so far. */
  progress(bytes: number): void;
  /** The analysis of a file begins that is large enough to cost much; `undefined`: it is over. */
  analyzing(path: string | undefined): void;
}

/** Files of fewer bytes are analyzed without a word: telling of each would cost more than they do. */
const worthReporting = 16 * 1024;

/** Reads a layer, or a folder as if it were one, and lets every analyzer see the files it wants. */
export async function analyzeLayer(
  task: LayerTask,
  all: readonly Analyzer[],
  listener: LayerListener,
): Promise<LayerResult> {
  const isSources = task.what.kind === 'folder' && task.what.holds === 'sources';
  const analyzers = isSources ? all : readersOfInstalled(all);
  const findings = new Map<string, AnalyzedPath>();
  const visitor = visitorFor(task, { analyzers, listener, findings });
  const isHashed = task.executables === 'hashed' && task.what.kind === 'layer';
  const collector = isHashed ? createExecutableCollector() : undefined;
  // A layer that is read again for its links told all of this the first time.
  const isFirst = task.what.kind === 'layer' && task.aliases.length === 0;
  const fileFacts = isFirst ? createFileFactCollector() : undefined;
  const contents = isFirst ? createContentCollector() : undefined;
  const secrets = isFirst ? createSecretCollector() : undefined;
  const programs = createProgramReading(analyzers);
  const others = [collector, fileFacts, secrets, contents].flatMap((one) => one?.watcher ?? []);
  const watcher = watchedByAll([programs.watcher, ...others]);
  const options = { limits: task.limits, onProgress: listener.progress };
  const pass = await read(task, { ...visitor, watcher, opened: programs.whole, opens: programs.isSought }, options);
  const faults = [...pass.faults, ...(await readLeftPrograms(task, programs, options))];
  const executables = collector && (await executablesOf(task, collector, options));
  return {
    size: pass.size,
    verified: pass.verified,
    removed: pass.removed,
    opaque: pass.opaque,
    directories: pass.directories,
    symlinks: pass.symlinks,
    others: pass.others,
    files: withPrograms(findings, programs.found),
    links: linksTo(programs.found, pass.hardLinks),
    ...(executables && { executables }),
    ...(fileFacts && { fileFacts: fileFacts.result() }),
    ...(contents && { contents: contents.result() }),
    ...(secrets && { secrets: secrets.result() }),
    faults,
  };
}

/** A file may be a program whatever it is called: what it is by its name says nothing of that, and hides nothing. */
function withPrograms(
  findings: ReadonlyMap<string, AnalyzedPath>,
  programs: ReadonlyMap<string, AnalyzedPath>,
): readonly AnalyzedPath[] {
  const both = new Map(findings);
  for (const [path, program] of programs) {
    const named = both.get(path);
    const analyses = [...(named?.analyses ?? []), ...program.analyses];
    both.set(path, { ...named, ...program, analyses });
  }
  return [...both.values()];
}

const mostHops = 64;

function linksTo(
  programs: ReadonlyMap<string, AnalyzedPath>,
  hardLinks: LayerPass['hardLinks'],
): Readonly<Record<string, string>> {
  const known = new Map(Object.entries(hardLinks));
  const links = [...known].flatMap(([path, first]) => {
    let target: string | undefined = first;
    for (let hop = 0; hop < mostHops && target !== undefined && !programs.has(target); hop += 1)
      target = known.get(target);
    return target !== undefined && programs.has(target) ? [[path, target] as const] : [];
  });
  return Object.fromEntries(links);
}

function read(task: LayerTask, visitor: LayerVisitor, options: ReadLayerOptions): Promise<LayerPass> {
  switch (task.what.kind) {
    case 'layer':
      return readLayer(task.what.blob, visitor, options);
    case 'folder':
      return readFolder(task.what.path, visitor, options);
  }
}

/** Reads the layer again where a program holds what it is built of far from its beginning; few are so large. */
async function readLeftPrograms(
  task: LayerTask,
  programs: ProgramReading,
  options: ReadLayerOptions,
): Promise<readonly Fault[]> {
  const left = new Set(programs.left);
  if (left.size === 0) return [];
  const visit = (file: LayerFile): void => programs.whole(file, wholeSpans(file.content));
  const { faults } = await read(task, { wants: (path) => left.has(path), visit }, options);
  return faults.filter(({ code, path }) => code === 'file-limit' && path !== undefined && left.has(path));
}

/** Reads the layer again where a hard link is called like code and its file is not: few layers hold such. */
async function executablesOf(
  task: LayerTask,
  collector: ExecutableCollector,
  options: ReadLayerOptions,
): Promise<LayerExecutables> {
  const missing = collector.missing();
  if (missing.size === 0) return collector.result();
  const again = createExecutableCollector(missing);
  await read(task, { wants: () => false, visit: () => undefined, watcher: again.watcher }, options);
  return again.result();
}

interface Gathering {
  readonly analyzers: readonly Analyzer[];
  readonly listener: LayerListener;
  readonly findings: Map<string, AnalyzedPath>;
}

function visitorFor(task: LayerTask, { analyzers, listener, findings }: Gathering): LayerVisitor {
  const namesOf = namesByAlias(task.aliases);
  const avoided = new Map((task.avoided ?? []).map((fault) => [fault.path ?? '', fault]));
  return {
    wants(path, size, mode) {
      const names = namesOf(path);
      const isWanted = (one: Analyzer, bytes: number): boolean => names.some((name) => one.wants(name, bytes, mode));
      const first = analyzers.find((one) => isWanted(one, size));
      const fault = first && avoided.get(path);
      if (fault !== undefined) findings.set(path, unanalyzed(fault, first?.id ?? ''));
      if (first !== undefined) return fault === undefined;
      const unread = unreadDatabase(path, analyzers);
      if (unread !== undefined) findings.set(path, { path, analyses: [], unread: unread.id });
      // An emptied file no longer says what a lower layer's said.
      else if (size === 0 && analyzers.some((one) => isWanted(one, 1))) findings.set(path, { path, analyses: [] });
      else findings.delete(path);
      return false;
    },
    async visit(file) {
      const analyses: FileAnalysis[] = [];
      const isReported = file.content.length >= worthReporting;
      if (isReported) listener.analyzing(file.path);
      for (const { analyzer, name } of readingsOf(file, namesOf(file.path), analyzers)) {
        analyses.push({
          analyzer: analyzer.id,
          analysis: await analyze(analyzer, { ...file, path: name }, task.limits),
        });
      }
      if (isReported) listener.analyzing(undefined);
      findings.set(file.path, { path: file.path, analyses });
    },
  };
}

interface Reading {
  readonly analyzer: Analyzer;
  readonly name: string;
}

/** Which analyzers read a file, each under the first of its names that it wants. */
function readingsOf(
  { size, mode }: Pick<LayerFile, 'size' | 'mode'>,
  names: readonly string[],
  analyzers: readonly Analyzer[],
): readonly Reading[] {
  return analyzers.flatMap((analyzer) => {
    const name = names.find((one) => analyzer.wants(one, size, mode));
    return name === undefined ? [] : { analyzer, name };
  });
}

/** A file whose analysis ended the reader; it may have held anything. */
function unanalyzed(fault: Fault, analyzer: string): AnalyzedPath {
  const { path = '' } = fault;
  return { path, analyses: [{ analyzer, analysis: { ...nothing, faults: [{ ...fault, analyzer }] } }] };
}

/** Names in one file's archives; the directory of a zip is held whole. */
const mostArchiveEntries = 1_000_000;

async function analyze(analyzer: Analyzer, file: LayerFile, limits: ScanLimits): Promise<Analysis> {
  const bounds = {
    archiveDepth: limits.archiveDepth,
    unpackedBytes: Math.min(limits.layerBytes, 4 * limits.fileBytes),
    entries: Math.min(limits.layerEntries, mostArchiveEntries),
  };
  try {
    return await analyzer.analyze({ path: file.path, content: file.content, limits: bounds });
  } catch (error) {
    if (error instanceof TextTooLong)
      return {
        ...nothing,
        faults: [{ code: 'file-limit', message: error.message, path: file.path, analyzer: analyzer.id }],
      };
    const message = oneLine(`The analyzer ${analyzer.id} failed: ${messageOf(error)}`, 1000);
    return { ...nothing, faults: [{ code: 'analyzer-failed', message, path: file.path, analyzer: analyzer.id }] };
  }
}
