import { describe, expect, test } from 'vitest';
import { noteAcknowledged, outlived } from './retention.ts';
import type { Segment } from './segment.ts';

const minute = 60_000;

/** Segments of ten records of a byte each, acknowledged so many minutes ago. */
function segments(...minutes: readonly (number | undefined)[]): readonly Segment[] {
  return minutes.map((one, index) => ({
    file: `${index}`,
    head: { epoch: 'a', ordinal: 1, first: index * 10 + 1, lost: 0 },
    count: 10,
    bytes: 10,
    voidBytes: 0,
    acknowledgedAt: one === undefined ? undefined : (100 - one) * minute,
  }));
}

describe('what the console has', () => {
  test.each([
    ['ten minutes are over', [10, 0], 99, ['0']],
    ['ten minutes are not over', [9.99, 0], 99, []],
    ['some are over', [12, 10, 9, 0], 99, ['0', '1']],
    ['all are over, but the last is written', [30, 20, 20], 99, ['0', '1']],
    ['none is acknowledged', [undefined, undefined], 0, []],
    ['some wait', [30, undefined, undefined], 99, ['0']],
    ['there is room for all', [3, 2, 1, 0], 30, []],
    ['there is room for all but one', [3, 2, 1, 0], 29, ['0']],
    ['there is room for one', [3, 2, 1, 0], 10, ['0', '1']],
    ['there is no room', [3, 2, 1, 0], 0, ['0', '1', '2']],
    ['what waits takes no room of it', [3, undefined, undefined], 10, []],
    ['there is one alone', [30], 0, []],
  ] as const)('is dropped where %s', (...[, minutes, limit, dropped]) => {
    expect(outlived(segments(...minutes), { now: 100 * minute, limit }).map(({ file }) => file)).toEqual(dropped);
  });

  test.each([
    [0, [undefined, undefined]],
    [9, [undefined, undefined]],
    [10, [7, undefined]],
    [19, [7, undefined]],
    [20, [7, 7]],
  ])('up to %d is noted once for each segment, and forgotten when it waits again', (acknowledged, noted) => {
    const some = segments(undefined, undefined);
    noteAcknowledged(some, acknowledged, 7);
    expect(some.map(({ acknowledgedAt }) => acknowledgedAt)).toEqual(noted);
    noteAcknowledged(some, acknowledged, 8);
    expect(some.map(({ acknowledgedAt }) => acknowledgedAt)).toEqual(noted);
    noteAcknowledged(some, 0, 9);
    expect(some.map(({ acknowledgedAt }) => acknowledgedAt)).toEqual([undefined, undefined]);
  });
});
