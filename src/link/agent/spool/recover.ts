import { randomUUID } from 'node:crypto';
import { rm, truncate } from 'node:fs/promises';
import type { Log } from '#base/index.ts';
import type { Mark } from './mark.ts';
import { createSegment, findSegments, type FoundSegment, lastOf, type Segment } from './segment.ts';
import type { Voids } from './voids.ts';

type ReadSegment = Extract<FoundSegment, { kind: 'read' }>;

/**
 * Segments to go on with. What was torn off at the very end was never promised and is cut away; anything else that is
 * missing ends the epoch.
 */
export async function openFirst(
  folder: string,
  { voids, log, mark }: { readonly voids: Voids; readonly log: Log; readonly mark: Mark | undefined },
): Promise<readonly Segment[]> {
  const found = await findSegments(folder);
  if (found.length === 0) return [await createSegment(folder, newEpoch(1, 0))];
  const read = found.filter((one) => one.kind === 'read');
  if (read.length < found.length || !isWhole(read)) return startAnew(folder, found, { log, mark });
  for (const { segment, keys } of read) {
    const { first } = segment.head;
    keys.forEach(({ key, size }, index) => voids.add(key, { segment, sequence: first + index, size }));
  }
  const last = read.at(-1);
  if (last !== undefined && last.torn > 0) await truncate(last.segment.file, last.segment.bytes);
  return read.map(({ segment }) => segment);
}

/** Each follows the one before, of one epoch. */
function isWhole(read: readonly ReadSegment[]): boolean {
  return read.every(({ segment, torn }, index) => {
    const following = read[index + 1]?.segment;
    if (following === undefined) return true;
    return torn === 0 && following.head.epoch === segment.head.epoch && following.head.first === lastOf(segment) + 1;
  });
}

async function startAnew(
  folder: string,
  found: readonly FoundSegment[],
  { log, mark }: { readonly log: Log; readonly mark: Mark | undefined },
): Promise<readonly Segment[]> {
  const heads = found.flatMap((one) => (one.kind === 'read' ? [one.segment] : []));
  const waiting = heads.reduce((sum, one) => sum + waitingIn(one, mark), 0);
  const lost = Math.max(0, ...heads.map(({ head }) => head.lost)) + waiting;
  const files = found.map((one) => (one.kind === 'read' ? one.segment.file : one.file));
  log.warn({ files, lost }, 'The spool is damaged and given up; a new epoch begins.');
  const ordinal = 1 + Math.max(0, ...files.map((file) => Number(/(\d{12})-\d{12}\.spool$/.exec(file)?.[1] ?? 0)));
  const last = heads.at(-1);
  const before = last === undefined ? {} : { before: { epoch: last.head.epoch, last: lastOf(last) } };
  const segment = await createSegment(folder, { ...newEpoch(ordinal, lost), ...before });
  for (const file of files) await rm(file, { force: true });
  return [segment];
}

/** What the console had is not lost. */
function waitingIn(segment: Segment, mark: Mark | undefined): number {
  const acknowledged = mark?.epoch === segment.head.epoch ? mark.sequence : 0;
  return Math.min(segment.count, Math.max(0, lastOf(segment) - acknowledged));
}

function newEpoch(ordinal: number, lost: number) {
  return { epoch: randomUUID(), ordinal, first: 1, lost };
}
