import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type Layer, type ScanLimits, writeCacheFile } from '#image/index.ts';
import {
  type ExecutablesWanted,
  type LayerExecutables,
  layerExecutablesVersion,
} from './executables/layer-executables.ts';
import { type Alias, type LayerResult, layerResultVersion } from './layer-result.ts';

/** Everything that a layer's result depends on besides its bytes. */
export interface CacheScope {
  readonly folder: string;
  readonly analyzers: readonly { readonly id: string; readonly version: number }[];
  readonly limits: ScanLimits;
  readonly aliases: readonly Alias[];
  /** Whether a result without executables is enough. */
  readonly executables: ExecutablesWanted;
}

/**
 * The result of a layer read before, by its diffID; `undefined` for a new layer, and for a damaged entry. A compressed
 * blob counts as known only when an earlier pass proved that it unpacks to this diffID: otherwise an image could name
 * a clean layer and carry another.
 */
export async function recallLayer(scope: CacheScope, layer: Layer): Promise<LayerResult | undefined> {
  const pair = pairFile(scope, layer);
  try {
    if (pair !== undefined) await access(pair);
    const result = withPaths(unpack(await readFile(resultFile(scope, layer))));
    if (result === undefined || scope.executables === 'left-out') return result;
    const executables = unpack(await readFile(executablesFile(scope, layer)));
    return executables && { ...result, executables: executables as LayerExecutables };
  } catch {
    return undefined;
  }
}

/** Stores the result of a layer whose bytes were verified. Several processes may store the same one at once. */
export function rememberLayer(scope: CacheScope, layer: Layer, result: LayerResult): void {
  if (!result.verified) return;
  const { executables, ...rest } = result;
  if (executables !== undefined) writeCacheFile(scope.folder, executablesFile(scope, layer), pack(executables));
  writeCacheFile(scope.folder, resultFile(scope, layer), pack({ ...rest, others: base64Of(rest.others) }));
  const pair = pairFile(scope, layer);
  if (pair !== undefined) writeCacheFile(scope.folder, pair, Buffer.alloc(0));
}

/** A hash of the rest stands in front, so that a damaged entry is seen. */
function pack(result: object): Buffer {
  const body = zstdCompressSync(JSON.stringify(result));
  return Buffer.concat([sha256(body), body]);
}

function unpack(stored: Buffer): object | undefined {
  const body = stored.subarray(32);
  if (!sha256(body).equals(stored.subarray(0, 32))) return undefined;
  return JSON.parse(zstdDecompressSync(body).toString('utf8')) as object;
}

/** JSON holds no bytes. */
function base64Of(list: Uint8Array): string {
  return Buffer.from(list.buffer, list.byteOffset, list.length).toString('base64');
}

function withPaths(stored: object | undefined): LayerResult | undefined {
  if (stored === undefined) return undefined;
  const { others, ...rest } = stored as Omit<LayerResult, 'others'> & { readonly others: string };
  return { ...rest, others: Buffer.from(others, 'base64') };
}

function resultFile(scope: CacheScope, layer: Layer): string {
  const { analyzers, limits, aliases } = scope;
  const versions = analyzers.map(({ id, version }) => [id, version]);
  const key = hexOf(
    JSON.stringify([layerResultVersion, layer.diffId, versions, Object.entries(limits).sort(), aliases]),
  );
  return join(scope.folder, 'layers', key.slice(0, 2), key);
}

/** Apart from the rest, which scans that ask for no executables need not read, and independent of analyzers. */
function executablesFile({ folder, limits }: CacheScope, { diffId }: Layer): string {
  const key = hexOf(JSON.stringify([layerExecutablesVersion, diffId, Object.entries(limits).sort()]));
  return join(folder, 'executables', key.slice(0, 2), key);
}

function pairFile(scope: CacheScope, { diffId, digest }: Layer): string | undefined {
  if (digest === undefined || digest === diffId) return undefined;
  const key = hexOf(`${digest} unpacks to ${diffId}`);
  return join(scope.folder, 'unpacked', key.slice(0, 2), key);
}

function hexOf(text: string): string {
  return sha256(text).toString('hex');
}

function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}
