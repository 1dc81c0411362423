import { describe, expect, it } from 'vitest';
import { firstDifference, type HeldHead, type WalkedTrail } from './audit-heads.ts';

const hash = (letter: string): string => letter.repeat(64);
const held = (sequence: number, letter: string, agent = 'pier-1'): HeldHead => ({
  agent,
  sequence,
  hash: hash(letter),
  at: '2026-11-02T10:00:00.000Z',
  proof: hash('0'),
});
/** Entries 4 to 6; those up to 3 were pruned. */
const trail: WalkedTrail = {
  start: { sequence: 3, hash: hash('c') },
  last: { sequence: 6, hash: hash('f'), at: '2026-11-03T10:00:00.000Z' },
  hashes: new Map([
    [4, hash('d')],
    [5, hash('e')],
    [6, hash('f')],
  ]),
  restores: [],
};

describe('what agents hold against the trail', () => {
  it.each<[string, readonly HeldHead[], number | undefined, string]>([
    ['nothing', [], undefined, ''],
    ['a pruned entry, whatever its hash', [held(2, '9')], undefined, ''],
    ['the last pruned entry', [held(3, 'c')], undefined, ''],
    ['another last pruned entry', [held(3, '9')], 3, `here it is ${hash('c')}`],
    ['the oldest entry', [held(4, 'd')], undefined, ''],
    ['another oldest entry', [held(4, '9')], 4, `here it is ${hash('d')}`],
    ['the newest entry', [held(6, 'f')], undefined, ''],
    [
      'another newest entry',
      [held(6, '9')],
      6,
      `entry 6 of 2026-11-02T10:00:00.000Z, which agent pier-1 holds as ${hash('9')}, differs`,
    ],
    [
      'one after the newest',
      [held(7, '7')],
      7,
      'The trail ends with entry 6 of 2026-11-03T10:00:00.000Z, before what agents hold: entry 7 of',
    ],
    ['all of them', [held(6, 'f'), held(5, 'e'), held(4, 'd'), held(1, '1')], undefined, ''],
    ['one differs, a later one is missing', [held(9, '9'), held(5, '5')], 5, 'differs'],
    ['two agents, one of them otherwise', [held(5, 'e', 'pier-1'), held(5, '9', 'pier-2')], 5, 'agent pier-2'],
    ['two agents otherwise', [held(5, '9', 'pier-2'), held(5, '9', 'pier-1')], 5, 'agent pier-1'],
  ])('with %s', (...[, heads, sequence, reason]) => {
    const found = firstDifference(heads, trail);
    expect(found?.sequence).toBe(sequence);
    expect(found?.reason ?? '').toContain(reason);
  });

  it('an entry that is not among those walked is missing', () => {
    expect(firstDifference([held(5, 'e')], { ...trail, hashes: new Map() })?.reason).toContain('here it is missing');
  });
});

describe('what a restore is known to have lost', () => {
  const at = '2026-11-03T10:00:00.000Z';
  const restored: WalkedTrail = { ...trail, restores: [{ sequence: 6, at, after: 4, through: 8 }] };
  it.each<[string, HeldHead, number | undefined]>([
    ['the last before the gap', held(4, '9'), 4],
    ['the first of it', held(5, '9'), undefined],
    ['the last of it', held(8, '9'), undefined],
    ['one after it', held(9, '9'), 9],
    ['one of it, given out when it was acknowledged', { ...held(7, '9'), at }, undefined],
    ['one of it, given out later', { ...held(7, '9'), at: '2026-11-03T10:00:00.001Z' }, 7],
  ])('%s', (_, head, sequence) => {
    expect(firstDifference([head], restored)?.sequence).toBe(sequence);
  });
});
