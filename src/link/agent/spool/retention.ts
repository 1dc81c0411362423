import { lastOf, type Segment } from './segment.ts';

/** Milliseconds that acknowledged facts are kept: a console that is restored, or a standby that lags, gets them again. */
const kept = 10 * 60_000;

export interface Retention {
  /** Milliseconds of a clock that never goes back. */
  readonly now: number;
  /** Bytes of acknowledged segments at most. */
  readonly limit: number;
}

/** Notes when segments came to hold nothing that waits. Records that are sent again wait again. */
export function noteAcknowledged(segments: readonly Segment[], acknowledged: number, now: number): void {
  for (const segment of segments) {
    if (lastOf(segment) > acknowledged) segment.acknowledgedAt = undefined;
    else segment.acknowledgedAt ??= now;
  }
}

/** The oldest segments whose time is over, or that take too much room; never the last one, which is written. */
export function outlived(segments: readonly Segment[], { now, limit }: Retention): readonly Segment[] {
  const done = segments.slice(0, -1).filter((one) => one.acknowledgedAt !== undefined);
  let room = done.reduce((sum, { bytes }) => sum + bytes, 0);
  const end = done.findIndex(({ acknowledgedAt = now, bytes }) => {
    const isOver = now - acknowledgedAt >= kept || room > limit;
    room -= bytes;
    return !isOver;
  });
  return end < 0 ? done : done.slice(0, end);
}
