import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { AppError, isAppError, messageOf } from '#base/index.ts';
import { keyOfFile, newFileKey, preludeBytes } from './key.ts';
import { writeNewFile } from './new-file.ts';
import { type BackupRecord, readRecords, writeRecords } from './records.ts';
import type { End, Header } from './schema.ts';
import { opened, sealed } from './seal-stream.ts';
import { type BackupProgress, type BackupSource, recordsOf } from './take-backup.ts';
import { withSession } from './session.ts';

/** Where a backup is written, and with which secret. */
export interface BackupTarget {
  readonly file: string;
  readonly secret: Buffer;
}

/** What a backup holds, read from its first byte to its last. */
export interface BackupContent {
  readonly header: Header;
  readonly end: End;
  /** Names of the key files. */
  readonly keys: readonly string[];
  /** With at least one row, the largest first. */
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[];
  readonly hasVulnerabilityDatabase: boolean;
}

/**
 * Copies the store into a file, sealed by the secret, reads the file back whole, and puts it in its place. What stood there
 * stays until then. Throws `AppError`: `store-unavailable`, `output-unwritable`, `file-unreadable`.
 */
export async function writeBackup(
  source: BackupSource,
  target: BackupTarget,
  progress: (progress: BackupProgress) => void,
): Promise<BackupContent> {
  const { key, prelude } = await newFileKey(target.secret);
  const written: { content?: BackupContent } = {};
  await withSession(source.address, async (client) => {
    const packed = compressed(writeRecords(recordsOf({ client, source, progress })));
    await writeNewFile(target.file, after(prelude, sealed(packed, key)), async (file) => {
      written.content = await contentOf(recordsIn(file, target.secret));
    });
  });
  if (written.content === undefined) throw new Error('A backup was written and not read back.');
  return written.content;
}

/** Reads a backup whole and tells what it holds. Throws `AppError`: `backup-damaged`, `backup-key-wrong`, `file-unreadable`. */
export async function readBackup(file: string, secret: Buffer): Promise<BackupContent> {
  return await contentOf(recordsIn(file, secret));
}

/** Opens, unpacks and checks what a backup holds. */
export async function* recordsIn(file: string, secret: Buffer): AsyncGenerator<BackupRecord> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw new AppError('file-unreadable', `${file} cannot be read: ${messageOf(cause)}.`, { cause });
  });
  try {
    if (!(await handle.stat()).isFile()) throw new AppError('file-unreadable', `${file} is no plain file.`);
    const key = await keyOfFile(secret, await preludeOf(handle));
    yield* readRecords(decompressed(opened(piecesOf(handle), key)));
  } finally {
    await handle.close();
  }
}

async function preludeOf(handle: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(preludeBytes), 0, preludeBytes, 0);
  return buffer.subarray(0, bytesRead);
}

const pieceBytes = 262_144;

async function* piecesOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let at = preludeBytes; ; ) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

async function* after(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* compressed(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* through(content, createZstdCompress());
}

async function* decompressed(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* through(content, createZstdDecompress());
  } catch (cause) {
    throw isAppError(cause)
      ? cause
      : new AppError('backup-damaged', `The backup is damaged: ${messageOf(cause)}`, { cause });
  }
}

/** Errors of both ends arrive at who reads. */
async function* through(
  content: AsyncIterable<Buffer>,
  transform: NodeJS.ReadWriteStream & { destroy(error?: Error): unknown },
) {
  const input = Readable.from(content, { objectMode: false });
  input.once('error', (error) => transform.destroy(error));
  input.pipe(transform);
  try {
    for await (const piece of transform) yield piece as Buffer;
  } finally {
    input.destroy();
    transform.destroy();
  }
}

async function contentOf(records: AsyncIterable<BackupRecord>): Promise<BackupContent> {
  const found: { header?: Header; end?: End } = {};
  const keys: string[] = [];
  const tables: BackupContent['tables'][number][] = [];
  let part = '';
  let hasVulnerabilityDatabase = false;
  for await (const { kind, value } of records) {
    if (kind === 'header') found.header = value;
    if (kind === 'end') found.end = value;
    if (kind === 'key') keys.push(value.name);
    if (kind === 'part') {
      part = value.kind === 'table' ? `${value.schema}.${value.name}` : '';
      hasVulnerabilityDatabase ||= value.kind === 'vulnerability-database';
    }
    if (kind === 'part-end' && part !== '' && value.rows > 0)
      tables.push({ name: part, rows: value.rows, bytes: value.bytes });
  }
  const { header, end } = found;
  if (header === undefined || end === undefined) throw new AppError('backup-damaged', 'The backup holds nothing.');
  return { header, end, keys, tables: tables.toSorted((a, b) => b.bytes - a.bytes), hasVulnerabilityDatabase };
}
