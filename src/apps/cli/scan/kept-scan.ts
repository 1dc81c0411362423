import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { isAppError } from '#base/index.ts';
import type { Catalog } from '#catalog/index.ts';
import {
  isPrivate,
  type OpenedImage,
  type OpenedTarget,
  readRecord,
  type RecordFolder,
  writeRecord,
} from '#image/index.ts';
import type { Matched, MatchedScan, Scanned, ScanRequest } from './scan-target.ts';

/** What a scan of an image is made of, besides the image. */
export interface KeepingScans extends Pick<RecordFolder, 'cacheFolder' | 'uid'> {
  /** Digest of the sources of the program: of its analyzers, and of how it merges and matches. */
  readonly sources: string;
  /** Digest of the vulnerability database. */
  readonly database: string;
}

/** What merging the layers of an image and matching its packages yield. Nothing in it depends on the day. */
interface KeptScan {
  /** Unpacked bytes of each layer. */
  readonly sizes: readonly number[];
  readonly catalog: Catalog;
  readonly matched: Matched;
}

/** As many images as a build machine judges between two databases. */
const mostFiles = 100;
const mostBytes = 8 * 1024 ** 2;
/** A record that unpacks to more is not read: it is larger than that of any image that is built on purpose. */
const mostUnpacked = 128 * 1024 ** 2;

/**
 * The scan of an image that was scanned before by the same program with the same database and bounds. Every layer is
 * verified as in any other scan; one that does not match leaves the answer to that scan. `undefined` where nothing is kept.
 */
export async function recallScan(
  opened: OpenedTarget,
  request: ScanRequest,
  keeping: KeepingScans,
): Promise<Omit<Scanned, 'target'> | undefined> {
  if (opened.kind !== 'image' || !isKeepable(request) || !isPrivate(folderOf(keeping))) return undefined;
  const packed = readRecord(folderOf(keeping), nameOf(opened.subject, request, keeping));
  if (packed === undefined || !(await isVerified(opened))) return undefined;
  const kept = unpacked(packed);
  if (kept === undefined) return undefined;
  const { sizes, catalog, matched } = kept;
  const layers = opened.subject.layers.map((layer) => ({ ...layer, size: sizes[layer.index] ?? 0 }));
  return { subject: { ...opened.subject, layers }, catalog, matched };
}

/** Keeps the scan of an image. It must be made of kept results of layers alone: then nothing in it is of a bad day. */
export function keepScan(scanned: MatchedScan, request: ScanRequest, keeping: KeepingScans): void {
  const { subject, catalog, matched } = scanned;
  if (subject.kind !== 'image' || !isKeepable(request) || !isPrivate(folderOf(keeping))) return;
  const kept: KeptScan = { sizes: subject.layers.map(({ size }) => size), catalog, matched };
  writeRecord(folderOf(keeping), nameOf(subject, request, keeping), zstdCompressSync(JSON.stringify(kept)));
}

function folderOf({ cacheFolder, uid }: KeepingScans): RecordFolder {
  return { cacheFolder, name: 'scans', uid, mostFiles, mostBytes };
}

/** A set of hash lists and what scripts answer may change between two scans. */
function isKeepable({ malwareSet, scripts }: ScanRequest): boolean {
  return malwareSet === undefined && scripts === undefined;
}

/**
 * All that decides the result. The pair of a blob and its diffID is in it, because only reading the layer proves that one
 * unpacks to the other.
 */
function nameOf(
  { digest, layers }: OpenedImage['subject'],
  { limits, executables }: ScanRequest,
  { sources, database }: KeepingScans,
): string {
  const pairs = layers.map((layer) => [layer.diffId, layer.digest]);
  const all = [sources, database, digest, pairs, Object.entries(limits).sort(), executables];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

async function isVerified({ subject, verify }: OpenedImage): Promise<boolean> {
  try {
    for (const { index } of subject.layers) await verify(index);
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

/** Nothing of a record that is no scan: it is made again. */
function unpacked(packed: Buffer): KeptScan | undefined {
  try {
    return JSON.parse(zstdDecompressSync(packed, { maxOutputLength: mostUnpacked }).toString('utf8')) as KeptScan;
  } catch {
    return undefined;
  }
}
