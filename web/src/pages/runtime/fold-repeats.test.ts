import { expect, test } from 'vitest';
import type { Detection } from '#runtime/contract.ts';
import { foldRepeats } from './fold-repeats.ts';

const event = (second: number, more: Partial<Detection> = {}): Detection =>
  ({
    id: `event ${second}`,
    time: `2026-11-24T14:37:${String(second).padStart(2, '0')}.000Z`,
    detector: 'drift',
    outcome: 'refused',
    notice: false,
    container: { id: 'a'.repeat(64), name: 'web', image: 'web:1' },
    process: { path: '/tmp/x', argv: ['x', '-v'] },
    message: 'sh tried to start /tmp/x.',
    count: 1,
    ...more,
  }) as Detection;

test('equal events are one, with how often and when last', () => {
  const folded = foldRepeats([event(1), event(2, { count: 3 }), event(3, { outcome: 'observed' }), event(9)]);
  expect(folded.map(({ detection, times, lastAt }) => [detection.id, times, lastAt.slice(17, 19)])).toEqual([
    ['event 1', 5, '09'],
    ['event 3', 1, '03'],
  ]);
});

test('what differs in program, arguments, answer or container stays apart', () => {
  const others: Partial<Detection>[] = [
    { process: { path: '/tmp/x', argv: ['x'] } },
    { process: { path: '/tmp/y', argv: ['x', '-v'] } },
    { outcome: 'killed' },
    { container: { id: 'b'.repeat(64), name: 'web', image: 'web:1' } },
    { file: { path: '/srv/a.jar' } },
    { message: 'sh started /tmp/x.' },
  ];
  expect(foldRepeats([event(1), ...others.map((other, index) => event(index + 2, other))])).toHaveLength(7);
});
