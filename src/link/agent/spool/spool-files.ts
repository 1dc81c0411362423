import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import type { Log } from '#base/index.ts';
import { compactSegment } from './compact.ts';
import { type Mark, openMark, readMark, writeMark } from './mark.ts';
import { openFirst } from './recover.ts';
import type { StoredRecord } from './record.ts';
import { noteAcknowledged, outlived } from './retention.ts';
import { createSegment, type Cursor, lastOf, readRecords, type Segment, startOf } from './segment.ts';
import type { SpoolPosition } from './spool-position.ts';
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
  /** Everything after this sequence waits again, as far as it is still here. */
  rewind(sequence: number): Promise<void>;
  /** Frees the room of what is only kept for a console that might ask again. */
  forgetAcknowledged(): Promise<void>;
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
/** Parts of the bound, of which acknowledged segments take one. */
const keptParts = 2;
/** A segment whose records are all acknowledged is left when it has grown to this. */
const restBytes = 64 * 1024;

export interface FileOptions {
  readonly folder: string;
  /** Bytes on the disk at most. */
  readonly limit: number;
  readonly log: Log;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** What is known of the files. */
interface State {
  readonly segmentBytes: number;
  /** Bytes of acknowledged segments at most. */
  readonly keptBytes: number;
  readonly now: () => number;
  /** Missing: it cannot be written, and the console is asked after each start. */
  readonly mark: FileHandle | undefined;
  segments: readonly Segment[];
  active: FileHandle;
  acknowledged: number;
  broken: number;
  cursor: Cursor | undefined;
  /** Where reading goes on when all that was read is acknowledged. */
  next: Cursor | undefined;
  readonly voids: Voids;
}

export async function openFiles({ folder, limit, log, now }: FileOptions): Promise<SpoolFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const voids = trackVoids();
  const mark = await readMark(folder);
  const segments = await openFirst(folder, { voids, log, mark });
  const acknowledged = acknowledgedIn(segments, mark);
  noteAcknowledged(segments, acknowledged, now());
  const state: State = {
    segmentBytes: Math.min(largestSegment, Math.floor(limit / leastSegments)),
    keptBytes: Math.floor(limit / keptParts),
    now,
    mark: await openMark(folder).catch(() => undefined),
    segments,
    active: await open(lastSegment(segments).file, 'r+'),
    acknowledged,
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
    rewind: (sequence) => rewind(state, sequence),
    forgetAcknowledged: () => drop(state, outlived(state.segments, { now: state.now(), limit: 0 })),
    beginEpoch: () => beginEpoch(state, folder),
    compact: () => compact(state),
    isBroken: () => state.broken > 0,
    close: async () => {
      await state.mark?.close();
      await state.active.close();
    },
  };
}

/** What the file says counts only where it can be true. */
function acknowledgedIn(segments: readonly Segment[], mark: Mark | undefined): number {
  const { epoch, first } = firstSegment(segments).head;
  const last = lastOf(lastSegment(segments));
  if (mark === undefined || mark.epoch !== epoch || mark.sequence < first || mark.sequence > last) return first - 1;
  return mark.sequence;
}

function positionOf({ segments, acknowledged }: State): SpoolPosition {
  const segment = lastSegment(segments);
  const { epoch, lost, before } = segment.head;
  const bytes = segments.reduce((sum, one) => sum + one.bytes, 0);
  return { epoch, lost, acknowledged, last: lastOf(segment), bytes, ...(before && { before }) };
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
  segment.acknowledgedAt = undefined;
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
  const isDone = state.acknowledged === lastOf(segment);
  const limit = isDone ? Math.min(restBytes, state.segmentBytes) : state.segmentBytes;
  if (segment.bytes < limit) return;
  const next = await createSegment(folder, { ...segment.head, first: lastOf(segment) + 1 });
  await use(state, next, [...state.segments, next]);
  await dropOutlived(state);
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
  if (sequence > state.acknowledged) {
    state.cursor = state.next?.sequence === sequence + 1 ? state.next : undefined;
    state.next = undefined;
    if (sequence === lastOf(lastSegment(state.segments))) state.voids.forget();
    await moveTo(state, sequence);
  }
  await dropOutlived(state);
}

async function rewind(state: State, sequence: number): Promise<void> {
  const target = Math.max(sequence, firstSegment(state.segments).head.first - 1);
  if (target >= state.acknowledged) return;
  Object.assign(state, { cursor: undefined, next: undefined });
  await moveTo(state, target);
}

async function moveTo(state: State, sequence: number): Promise<void> {
  state.acknowledged = sequence;
  noteAcknowledged(state.segments, sequence, state.now());
  const { epoch } = firstSegment(state.segments).head;
  if (state.mark !== undefined) await writeMark(state.mark, { epoch, sequence }).catch(() => undefined);
}

async function dropOutlived(state: State): Promise<void> {
  await drop(state, outlived(state.segments, { now: state.now(), limit: state.keptBytes }));
}

async function drop(state: State, done: readonly Segment[]): Promise<void> {
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
  const before = { epoch: head.epoch, last };
  const next = { epoch: randomUUID(), ordinal: head.ordinal + 1, first: 1, lost: lost + waiting, before };
  // On a full disk the old files have to make room first; after a crash in between the spool is a new one.
  const segment = await createSegment(folder, next).catch(async () => {
    await state.active.truncate(0);
    await remove(old);
    return createSegment(folder, next);
  });
  await use(state, segment, [segment]);
  Object.assign(state, { broken: 0, cursor: undefined, next: undefined });
  await moveTo(state, 0);
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
