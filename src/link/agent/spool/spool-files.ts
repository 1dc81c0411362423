import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import type { Log } from '#base/index.ts';
import { compactSegment } from './compact.ts';
import { openFirst } from './recover.ts';
import type { StoredRecord } from './record.ts';
import { createSegment, type Cursor, lastOf, readRecords, type Segment, startOf } from './segment.ts';
import type { SpoolPosition } from './spool.ts';
import { trackVoids, type Voids } from './voids.ts';

/** The files of a spool, for one piece of work at a time. */
export interface SpoolFiles {
  position(): SpoolPosition;
  write(records: readonly NewRecord[]): Promise<void>;
  /** Reads on from the first record that is not acknowledged. */
  read(take: (record: StoredRecord, sequence: number) => boolean): Promise<void>;
  /** Whether a newer fact made this one void. */
  isVoid(key: string, sequence: number): boolean;
  acknowledge(sequence: number): Promise<void>;
  /** Drops all, counting what was not acknowledged. */
  beginEpoch(): Promise<void>;
  /** Frees the room of facts that newer ones made void. */
  compact(): Promise<void>;
  /** Whether a write failed, so that facts are missing. */
  isBroken(): boolean;
  close(): Promise<void>;
}

export interface NewRecord {
  readonly record: Buffer;
  readonly key: string;
}

const largestSegment = 4 * 1024 * 1024;
/** Parts of the bound that one segment takes at most. */
const leastSegments = 8;
/** A segment whose records are all acknowledged is left when it has grown to this. */
const restBytes = 64 * 1024;

export interface FileOptions {
  readonly folder: string;
  /** Bytes on the disk at most. */
  readonly limit: number;
  readonly log: Log;
}

/** What is known of the files. */
interface State {
  readonly segmentBytes: number;
  segments: readonly Segment[];
  active: FileHandle;
  acknowledged: number;
  broken: number;
  cursor: Cursor | undefined;
  /** Where reading goes on when all that was read is acknowledged. */
  next: Cursor | undefined;
  readonly voids: Voids;
}

export async function openFiles({ folder, limit, log }: FileOptions): Promise<SpoolFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const voids = trackVoids();
  const segments = await openFirst(folder, voids, log);
  const state: State = {
    segmentBytes: Math.min(largestSegment, Math.floor(limit / leastSegments)),
    segments,
    active: await open(lastSegment(segments).file, 'r+'),
    acknowledged: firstSegment(segments).head.first - 1,
    broken: 0,
    cursor: undefined,
    next: undefined,
    voids,
  };
  return {
    position: () => positionOf(state),
    write: (records) => write(state, folder, records),
    read: (take) => read(state, take),
    isVoid: voids.isVoid,
    acknowledge: (sequence) => acknowledge(state, sequence),
    beginEpoch: () => beginEpoch(state, folder),
    compact: () => compact(state),
    isBroken: () => state.broken > 0,
    close: () => state.active.close(),
  };
}

function positionOf({ segments, acknowledged }: State): SpoolPosition {
  const segment = lastSegment(segments);
  const { epoch, lost } = segment.head;
  const bytes = segments.reduce((sum, one) => sum + one.bytes, 0);
  return { epoch, lost, acknowledged, last: lastOf(segment), bytes };
}

async function write(state: State, folder: string, records: readonly NewRecord[]): Promise<void> {
  await rotate(state, folder);
  const segment = lastSegment(state.segments);
  const bytes = Buffer.concat(records.map(({ record }) => record));
  try {
    await writeFully(state.active, bytes, segment.bytes);
    await state.active.datasync();
  } catch (error) {
    state.broken += records.length;
    await state.active.truncate(segment.bytes).catch(() => undefined);
    throw error;
  }
  for (const { record, key } of records) {
    segment.count++;
    segment.bytes += record.length;
    state.voids.add(key, { segment, sequence: lastOf(segment), size: record.length });
  }
}

async function writeFully(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}

/** Goes on in a new file when this one is large, or has nothing left that waits. */
async function rotate(state: State, folder: string): Promise<void> {
  const segment = lastSegment(state.segments);
  const limit = state.acknowledged === lastOf(segment) ? restBytes : state.segmentBytes;
  if (segment.bytes < limit) return;
  const next = await createSegment(folder, { ...segment.head, first: lastOf(segment) + 1 });
  await use(state, next, [...state.segments, next]);
  await dropAcknowledged(state);
}

async function use(state: State, segment: Segment, segments: readonly Segment[]): Promise<void> {
  const handle = await open(segment.file, 'r+');
  await state.active.close();
  state.active = handle;
  state.segments = segments;
}

async function read(state: State, take: (record: StoredRecord, sequence: number) => boolean): Promise<void> {
  let cursor = state.cursor ?? (await seek(state));
  state.cursor = cursor;
  let more = true;
  const taking = (record: StoredRecord, sequence: number): boolean => (more = take(record, sequence));
  for (;;) {
    cursor = await readRecords(cursor, taking);
    const following = state.segments[state.segments.indexOf(cursor.segment) + 1];
    if (!more || following === undefined) break;
    cursor = await startOf(following);
  }
  state.next = cursor;
}

/** The first record that is not acknowledged. */
async function seek({ segments, acknowledged }: State): Promise<Cursor> {
  const wanted = acknowledged + 1;
  const segment = segments.findLast(({ head }) => head.first <= wanted) ?? firstSegment(segments);
  return readRecords(await startOf(segment), (_, sequence) => sequence < wanted);
}

async function acknowledge(state: State, sequence: number): Promise<void> {
  if (sequence <= state.acknowledged) return;
  state.acknowledged = sequence;
  state.cursor = state.next?.sequence === sequence + 1 ? state.next : undefined;
  state.next = undefined;
  if (sequence === lastOf(lastSegment(state.segments))) state.voids.forget();
  await dropAcknowledged(state);
}

async function dropAcknowledged(state: State): Promise<void> {
  const last = lastSegment(state.segments);
  const done = state.segments.filter((one) => one !== last && lastOf(one) <= state.acknowledged);
  if (done.length === 0) return;
  state.segments = state.segments.filter((one) => !done.includes(one));
  if (state.cursor !== undefined && done.includes(state.cursor.segment)) state.cursor = undefined;
  await remove(done);
}

async function beginEpoch(state: State, folder: string): Promise<void> {
  const old = state.segments;
  const { head } = lastSegment(old);
  const { last, lost } = positionOf(state);
  const waiting = Math.max(0, last - state.acknowledged) + state.broken;
  const next = { epoch: randomUUID(), ordinal: head.ordinal + 1, first: 1, lost: lost + waiting };
  // On a full disk the old files have to make room first; after a crash in between the spool is a new one.
  const segment = await createSegment(folder, next).catch(async () => {
    await state.active.truncate(0);
    await remove(old);
    return createSegment(folder, next);
  });
  await use(state, segment, [segment]);
  Object.assign(state, { acknowledged: 0, broken: 0, cursor: undefined, next: undefined });
  state.voids.forget();
  await remove(old);
}

async function remove(segments: readonly Segment[]): Promise<void> {
  for (const { file } of segments) await rm(file, { force: true });
}

async function compact(state: State): Promise<void> {
  const last = lastSegment(state.segments);
  for (const segment of state.segments) {
    if (segment !== last) await compactSegment(segment, state.voids);
  }
  state.cursor = undefined;
  state.next = undefined;
}

function firstSegment([first]: readonly Segment[]): Segment {
  if (first === undefined) throw new Error('A spool has a segment.');
  return first;
}

function lastSegment(segments: readonly Segment[]): Segment {
  return firstSegment(segments.slice(-1));
}
