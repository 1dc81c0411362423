import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type Compression, compressionOf, hashRange, readRange } from './bytes.ts';
import type { Fault } from './contract-fault.ts';
import { createFaultList, type FaultList } from './fault-list.ts';
import { type DigestKeeping, keptDigestsOf } from './kept-digests.ts';
import { createLayerRecord } from './layer-record.ts';
import { shownPath } from './path.ts';
import type { LayerBlob, LayerFile, LayerPass, LayerVisitor, ScanLimits, StoredLayer } from './source.ts';
import { TarParser } from './tar/parser.ts';
import { joinSplitTar, MissingPayload } from './tar/split-tar.ts';
import { DamagedStream, unpackRange } from './unpack.ts';

export interface ReadLayerOptions {
  readonly limits: ScanLimits;
  /** Told from time to time how many bytes of the unpacked layer are read. */
  readonly onProgress?: (bytes: number) => void;
}

const progressStep = 8 * 1024 * 1024;

/**
 * Reads a layer once from end to end: checks its digest and diffID, lists what it adds and removes, and hands over
 * the files the visitor wants. Only where a wanted path is a hard link, a second pass fetches what it links to.
 * Damage never throws: what was read before it stays, a fault names it, and `verified` is false.
 */
export async function readLayer(blob: LayerBlob, visitor: LayerVisitor, options: ReadLayerOptions): Promise<LayerPass> {
  const faults = createFaultList();
  const record = createLayerRecord(visitor, { limits: options.limits, layer: blob.layer.index, faults });
  const outcome = await stream(blob, options, {
    parser: (files) =>
      new TarParser({
        entry: (member) => record.enter(member),
        content: (member, bytes) => files.push(record.fileOf(member, bytes)),
        sink: (member) => record.sinkOf(member),
      }),
    isDone: () => record.isFull(),
    visitor,
  });
  for (const fault of damage(blob, outcome, options.limits)) faults.add(fault);
  const links = record.wantedLinks();
  if (links.size > 0) await readLinked(blob, { links, visitor, options, faults });
  return { ...record.pass(), size: outcome.size, verified: isVerified(blob, outcome), faults: faults.all() };
}

/**
 * Checks without reading its files that a blob is the layer it stands for: by the digest of its stored bytes where the
 * source names one, else by its diffID. With `keeping` a digest counts that was computed of the same bytes before.
 */
export async function isIntact(blob: StoredLayer, limits: ScanLimits, keeping?: DigestKeeping): Promise<boolean> {
  const { digest, diffId } = blob.layer;
  if (digest !== undefined) return (await keptOr({ blob, kind: 'stored', keeping }, hashRange)) === digest;
  const nothingWanted = { parser: () => undefined, isDone: () => true, visitor: { wants: () => false, visit() {} } };
  const unpacked = async (from: StoredLayer) => (await stream(from, { limits }, nothingWanted)).diffId;
  return (await keptOr({ blob, kind: 'unpacked', keeping }, unpacked)) === diffId;
}

interface Hashed {
  readonly blob: StoredLayer;
  readonly kind: 'stored' | 'unpacked';
  readonly keeping: DigestKeeping | undefined;
}

/** The digest that is kept of a blob, else the one that is computed of the open file. */
async function keptOr({ blob, kind, keeping }: Hashed, compute: (blob: StoredLayer) => Promise<string | undefined>) {
  if (keeping === undefined) return await compute(blob);
  const handle = await open(blob.file);
  try {
    const kept = keptDigestsOf(handle.fd, keeping);
    if (kept === undefined) return await compute(blob);
    const part = `${kind} ${blob.offset} ${blob.length}`;
    const known = kept.recall(part);
    if (known !== undefined) return known;
    const digest = await compute({ ...blob, file: kept.file });
    if (digest !== undefined) kept.keep(part, digest);
    return digest;
  } finally {
    await handle.close();
  }
}

/** How a pass over the bytes ended. Digests are missing where it did not come to the end. */
interface Outcome {
  readonly size: number;
  readonly tar: 'complete' | 'truncated' | 'corrupt';
  readonly stopped?: 'limit' | 'damaged' | 'missing';
  readonly detail: string;
  /** The file that is missing. */
  readonly path?: string;
  readonly diffId?: string;
  readonly digest?: string;
}

interface Use {
  /** Parser that puts wanted files into the list. */
  parser(files: LayerFile[]): TarParser | undefined;
  /** Whether no more entries are wanted; the rest is only hashed. */
  isDone(): boolean;
  readonly visitor: LayerVisitor;
}

async function stream(blob: LayerBlob, options: ReadLayerOptions, use: Use): Promise<Outcome> {
  const files: LayerFile[] = [];
  const parser = use.parser(files);
  const compression = blob.kind === 'stored' ? await compressionOf(blob) : 'none';
  const unpacked = createHash('sha256');
  const packed = compression === 'none' ? undefined : createHash('sha256');
  let size = 0;
  let reported = 0;
  try {
    for await (const chunk of chunksOf(blob, compression, packed)) {
      size += chunk.length;
      if (size > options.limits.layerBytes) return { size, tar: 'complete', stopped: 'limit', detail: '' };
      unpacked.update(chunk);
      if (!use.isDone()) parser?.push(chunk);
      for (const file of files.splice(0)) await use.visitor.visit(file);
      if (size - reported < progressStep) continue;
      reported = size;
      options.onProgress?.(size);
    }
  } catch (error) {
    const rest = { size, tar: 'complete' as const };
    if (error instanceof MissingPayload)
      return { ...rest, stopped: 'missing', detail: error.message, path: error.path };
    if (error instanceof DamagedStream) return { ...rest, stopped: 'damaged', detail: error.message };
    throw error;
  }
  options.onProgress?.(size);
  const end = parser === undefined || use.isDone() ? { kind: 'complete' as const } : parser.end();
  const diffId = digestOf(unpacked);
  return {
    size,
    tar: end.kind,
    detail: end.kind === 'complete' ? '' : end.detail,
    diffId,
    digest: packed === undefined ? diffId : digestOf(packed),
  };
}

function chunksOf(blob: LayerBlob, compression: Compression, packed: Hash | undefined): AsyncIterable<Buffer> {
  if (blob.kind === 'split') return joinSplitTar(blob);
  if (compression === 'none') return readRange(blob);
  return unpackRange(blob, compression, (chunk) => packed?.update(chunk));
}

function isVerified(blob: LayerBlob, outcome: Outcome): boolean {
  const { diffId, digest } = blob.layer;
  return outcome.diffId === diffId && (digest === undefined || outcome.digest === digest);
}

function damage(blob: LayerBlob, outcome: Outcome, limits: ScanLimits): readonly Fault[] {
  const layer = blob.layer.index;
  if (outcome.stopped === 'limit') {
    return [{ code: 'unpacked-limit', message: `The layer unpacks to more than ${limits.layerBytes} bytes.`, layer }];
  }
  if (outcome.stopped === 'damaged') {
    return [{ code: 'corrupt-archive', message: `The compressed layer is damaged: ${outcome.detail}.`, layer }];
  }
  if (outcome.stopped === 'missing') {
    const message = `The engine's files of the layer are not whole: ${outcome.detail}.`;
    return [{ code: 'unreadable-file', message, layer, ...(outcome.path && { path: outcome.path }) }];
  }
  const faults: Fault[] = [];
  if (outcome.tar !== 'complete') {
    const code = outcome.tar === 'truncated' ? 'truncated-archive' : 'corrupt-archive';
    faults.push({ code, message: `The layer cannot be read to its end: ${outcome.detail}.`, layer });
  }
  if (!isVerified(blob, outcome)) {
    const wanted = outcome.diffId === blob.layer.diffId ? blob.layer.digest : blob.layer.diffId;
    faults.push({ code: 'corrupt-archive', message: `The content of the layer does not match ${wanted}.`, layer });
  }
  return faults;
}

interface Linked {
  readonly links: ReadonlyMap<string, readonly string[]>;
  readonly visitor: LayerVisitor;
  readonly options: ReadLayerOptions;
  readonly faults: FaultList;
}

/** Second pass: hands over linked files under the names of their links. */
async function readLinked(blob: LayerBlob, { links, visitor, options, faults }: Linked): Promise<void> {
  const found = new Set<string>();
  const scope = { limits: options.limits, layer: blob.layer.index, faults };
  const asLinks: LayerVisitor = {
    wants(path, size, mode) {
      const names = links.get(path);
      if (names !== undefined) found.add(path);
      return names?.some((name) => visitor.wants(name, size, mode)) ?? false;
    },
    async visit(file) {
      for (const path of links.get(file.path) ?? []) {
        if (visitor.wants(path, file.size, file.mode)) await visitor.visit({ ...file, path });
      }
    },
  };
  const record = createLayerRecord(asLinks, scope);
  await stream(blob, options, {
    parser: (files) =>
      new TarParser({
        entry: (member) => member.kind === 'file' && record.enter(member),
        content: (member, bytes) => files.push(record.fileOf(member, bytes)),
      }),
    isDone: () => record.isFull(),
    visitor: asLinks,
  });
  for (const [target, names] of links) {
    if (found.has(target)) continue;
    const path = names[0] ?? target;
    const message = `${shownPath(path)} is a hard link to a file that the layer does not hold.`;
    faults.add({ code: 'corrupt-archive', message, path, layer: blob.layer.index });
  }
}

function digestOf(hash: Hash): string {
  return `sha256:${hash.digest('hex')}`;
}
