import { availableParallelism } from 'node:os';
import { type AppError, isAppError } from '#base/index.ts';
import {
  type Fault,
  type Layer,
  type LayerBlob,
  type OpenedFolder,
  type OpenedImage,
  type OpenedTarget,
  type ScanLimits,
  type Subject,
  sweepCache,
} from '#image/index.ts';
import { type Analyzer, readersOfInstalled } from '#ecosystems/index.ts';
import { catalogOfBill } from './bills/index.ts';
import type { Catalog, ScriptRun } from './contract.ts';
import { executablesAnalyzer } from './executables/analyzer.ts';
import { imageFactsAnalyzer } from './image-facts/analyzer.ts';
import { configFactsOf } from './image-facts/config-text.ts';
import type { ExecutablesWanted } from './executables/layer-executables.ts';
import { type CacheScope, recallLayer } from './layer-cache.ts';
import { type Alias, type LayerResult, unreadLayer } from './layer-result.ts';
import { type LayerChildren, layerWorkerEntry, startLayerChildren } from './layer-children.ts';
import { aliasesOf, mostAliases } from './aliases.ts';
import { createPathResolver } from './canonical-path.ts';
import { layersToSum } from './contents/missing-sums.ts';
import { searchImage, type OpenedMalwareSet } from './malware/search-image.ts';
import { type MergedCatalog, mergeLayers, mostFaults } from './merge.ts';
import { mergeTree } from './merged-tree.ts';
import { outsideLinks } from './outside-links.ts';
import { runScripts, type WantedScripts } from './scripts/run-scripts.ts';

/** Told while layers are read. `layer` counts from 1. */
export interface AnalyzeProgress {
  readonly layer: number;
  readonly layers: number;
  /** Unpacked bytes of this layer so far. */
  readonly bytes: number;
}

export interface AnalyzeOptions {
  /** Those that the children run; their versions are part of the cache's keys. */
  readonly analyzers: readonly Analyzer[];
  readonly limits: ScanLimits;
  /** Whether executables of images are listed with their hashes. */
  readonly executables?: ExecutablesWanted;
  /** What every layer of an image is searched with; nothing is said of malware without it. */
  readonly malware?: OpenedMalwareSet | undefined;
  /** What is run over the files of an image; missing: it is not allowed. */
  readonly scripts?: WantedScripts | undefined;
  /** Where results of layers are kept; without it every layer is read. */
  readonly cacheFolder?: string;
  readonly onProgress?: (progress: AnalyzeProgress) => void;
  readonly signal?: AbortSignal;
  /** Module that children run, where it is not the product's own. */
  readonly worker?: URL;
}

/**
 * Finds everything in an open target. A bill of materials is read as it is. Layers known from earlier scans are only checked, others are read by child
 * processes, two at once at most. Damage, limits and missing layers become faults of the catalog. Throws only when `signal` aborts.
 */
export async function analyzeTarget(opened: OpenedTarget, given: AnalyzeOptions): Promise<Analyzed> {
  if (opened.kind === 'bill')
    return { subject: opened.subject, catalog: catalogOfBill(opened.bytes), isOfKeptLayers: false };
  return await analyzeFiles(opened, given);
}

interface Analyzed {
  readonly subject: Subject;
  readonly catalog: Catalog;
  /** Whether all of it was kept by earlier scans: no child read anything, and each layer is what it was. */
  readonly isOfKeptLayers: boolean;
}

async function analyzeFiles(opened: OpenedImage | OpenedFolder, given: AnalyzeOptions): Promise<Analyzed> {
  const { analyzers, cacheFolder } = given;
  if (cacheFolder !== undefined) sweepCache(cacheFolder);
  const options = { ...given, analyzers: opened.kind === 'image' ? readersOfInstalled(analyzers) : analyzers };
  const children = startLayerChildren(options.worker ?? layerWorkerEntry(), layersAtOnce);
  const stop = () => children.stop();
  options.signal?.addEventListener('abort', stop);
  try {
    const layers = await readAll({ opened, options, children });
    options.signal?.throwIfAborted();
    // Putting the image together takes memory of its own, for all files of the image.
    if (options.malware === undefined && options.scripts === undefined) await children.close();
    const isHashed = options.executables === 'hashed' && opened.kind === 'image';
    const ofImage = opened.kind === 'image' ? [imageFactsAnalyzer] : [];
    const used = [...options.analyzers, ...(isHashed ? [executablesAnalyzer] : []), ...ofImage];
    const versions = used.map(({ id, version }) => ({ id, version }));
    const merged = await withMalware({ opened, options, children }, layers);
    const scripts = await scriptsOver({ opened, options, children }, layers);
    const faults = [...systemFaults(opened), ...linkFaults(opened, layers, options), ...merged.faults].slice(
      0,
      mostFaults,
    );
    const configFacts = opened.kind === 'image' ? { configFacts: configFactsOf(opened.config) } : {};
    return {
      subject: withSizes(opened, layers),
      catalog: { ...merged, faults, analyzers: versions, ...configFacts, ...(scripts && { scripts }) },
      isOfKeptLayers: !children.haveRun() && layers.every(({ verified }) => verified),
    };
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await children.close();
  }
}

async function withMalware(scan: Scan, layers: readonly LayerResult[]): Promise<MergedCatalog> {
  const { opened, options, children } = scan;
  const merged = mergeLayers(layers);
  const { malware: set, limits, signal } = options;
  if (set === undefined || opened.kind !== 'image' || merged.contents === undefined) return merged;
  const resolver = createPathResolver(mergeTree(layers).symlinks);
  const malware = await searchImage({ opened, set, limits, children, signal, layers, resolver });
  return { ...merged, contents: { ...merged.contents, malware } };
}

async function scriptsOver(scan: Scan, layers: readonly LayerResult[]): Promise<ScriptRun | undefined> {
  const { opened, options, children } = scan;
  const { scripts, limits, signal } = options;
  if (scripts === undefined || opened.kind !== 'image') return undefined;
  return await runScripts(scripts, { opened, limits, children, signal, layers });
}

/** What no analyzer looks for in images of other operating systems than Linux. */
function systemFaults({ subject }: Scan['opened']): readonly Fault[] {
  if (subject.kind !== 'image' || subject.platform.os !== 'windows') return [];
  const message =
    'This image is for Windows. Windows itself and programs installed in it are not judged; packages of languages are.';
  return [{ code: 'no-advisory-data', message }];
}

/** Nothing outside of a folder is read. */
function linkFaults(
  opened: Scan['opened'],
  [layer]: readonly LayerResult[],
  { analyzers }: AnalyzeOptions,
): readonly Fault[] {
  if (opened.kind !== 'folder' || opened.holds !== 'sources' || layer === undefined) return [];
  return outsideLinks(opened.path, layer, analyzers);
}

/** More than two gain little: the disk and this process are next. */
const layersAtOnce = Math.min(2, availableParallelism());

interface Scan {
  readonly opened: OpenedImage | OpenedFolder;
  readonly options: AnalyzeOptions;
  readonly children: LayerChildren;
}

/** Reads all layers, and once more where links of the image lead to what analyzers read under the links' names. */
async function readAll(scan: Scan): Promise<readonly LayerResult[]> {
  const read = await readLayers(scan, []);
  // Looking for links takes memory here. A second look is short, so one child is enough for it.
  await scan.children.close(1);
  const layers = await withSums(scan, read);
  const { aliases, isCut } = aliasesOf(layers, scan.options.analyzers);
  if (aliases.length === 0) return layers;
  const left = { ...scan, options: { ...scan.options, executables: 'left-out' as const } };
  const again = await readLayers(left, aliases);
  return again.map((layer, index) => {
    const { executables, fileFacts, contents, secrets } = layers[index] ?? {};
    const faults = isCut && index === 0 ? [...layer.faults, tooManyLinks] : layer.faults;
    return {
      ...layer,
      faults,
      ...(executables && { executables }),
      ...(fileFacts && { fileFacts }),
      ...(contents && { contents }),
      ...(secrets && { secrets }),
    };
  });
}

/** Reads layers again whose programs a package database keeps the SHA-1 of and none was taken: few images need it. */
async function withSums({ opened, options, children }: Scan, layers: readonly LayerResult[]) {
  if (opened.kind === 'folder') return layers;
  const summed = [...layers];
  for (const index of layersToSum(layers)) {
    options.signal?.throwIfAborted();
    const known = layers[index];
    const blob = await opened.blob(index).catch(expected);
    if (known === undefined || isAppError(blob)) continue;
    const what = { kind: 'layer', blob } as const;
    const task = { what, limits: options.limits, aliases: [], executables: 'left-out', only: 'program-sums' } as const;
    const { contents = known.contents, verified } = await children.run({ task }, () => undefined);
    if (contents !== undefined)
      summed[index] = { ...known, contents: { ...contents, isCut: contents.isCut || !verified } };
  }
  return summed;
}

const tooManyLinks: Fault = {
  code: 'entry-limit',
  message: `More than ${mostAliases} links lead to packages, or too many into one folder; what the rest lead to was left out.`,
};

async function readLayers(scan: Scan, aliases: readonly Alias[]): Promise<readonly LayerResult[]> {
  const { opened } = scan;
  if (opened.kind === 'folder') return [await readFolderTarget(scan, opened, aliases)];
  const results: LayerResult[] = [];
  const waiting = opened.subject.layers.values();
  const readWaiting = async () => {
    for (const layer of waiting) {
      scan.options.signal?.throwIfAborted();
      results[layer.index] = await readImageLayer({ ...scan, opened }, layer, aliases);
    }
  };
  await Promise.all(Array.from({ length: layersAtOnce }, readWaiting));
  return results;
}

function readFolderTarget(scan: Scan, opened: OpenedFolder, aliases: readonly Alias[]): Promise<LayerResult> {
  const what = { kind: 'folder', path: opened.path, holds: opened.holds } as const;
  const task = { what, limits: scan.options.limits, aliases, executables: 'left-out' } as const;
  return scan.children.run({ task }, (bytes) => scan.options.onProgress?.({ layer: 1, layers: 1, bytes }));
}

async function readImageLayer(
  scan: Scan & { readonly opened: OpenedImage },
  layer: Layer,
  aliases: readonly Alias[],
): Promise<LayerResult> {
  const { opened, options, children } = scan;
  const cache = cacheScope(options, aliases);
  const known = cache && (await recallLayer(cache, layer));
  if (known !== undefined) {
    const mismatch = await failureOf(opened.verify(layer.index));
    return mismatch === undefined ? known : unreadLayer({ code: 'corrupt-archive', message: mismatch.message });
  }
  const blob = await opened.blob(layer.index).catch(expected);
  if (isAppError(blob)) return unreadLayer({ code: 'missing-layer', message: blob.message });
  const position = { layer: layer.index + 1, layers: opened.subject.layers.length };
  const read = async (from: LayerBlob) => {
    const { limits, executables = 'left-out' } = options;
    const task = { what: { kind: 'layer', blob: from } as const, limits, aliases, executables };
    return await children.run({ task, ...(cache && { cache }) }, (bytes) =>
      options.onProgress?.({ ...position, bytes }),
    );
  };
  const result = await read(blob);
  if (!isDamaged(result)) return result;
  const other = await opened.otherBlob?.(layer.index).catch(expected);
  return other === undefined || isAppError(other) ? result : await read(other);
}

/** Whether another way to the same layer may bring more: not where a limit ended the reading. */
function isDamaged({ verified, faults }: LayerResult): boolean {
  return !verified && faults.some(({ code }) => code === 'unreadable-file' || code === 'corrupt-archive');
}

async function failureOf(work: Promise<void>): Promise<AppError | undefined> {
  return (await work.catch(expected)) ?? undefined;
}

/** Lets failures through as values that say something of the target; everything else is a bug. */
function expected(error: unknown): AppError {
  if (isAppError(error)) return error;
  throw error;
}

function cacheScope(
  { cacheFolder, analyzers, limits, executables = 'left-out' }: AnalyzeOptions,
  aliases: readonly Alias[],
): CacheScope | undefined {
  if (cacheFolder === undefined) return undefined;
  const versions = analyzers.map(({ id, version }) => ({ id, version }));
  return { folder: cacheFolder, analyzers: versions, limits, aliases, executables };
}

function withSizes(opened: Scan['opened'], layers: readonly LayerResult[]): Subject {
  if (opened.kind === 'folder') return opened.subject;
  const sized = opened.subject.layers.map((layer) => ({ ...layer, size: layers[layer.index]?.size ?? 0 }));
  return { ...opened.subject, layers: sized };
}
