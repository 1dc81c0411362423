import { expect, test } from 'vitest';
import type { TrialLine } from '../../../../src/gate/contract.ts';
import { heardOf, lineWord, ringsWord, triedLines, triesWord } from './tried-lines.ts';

const line = (check: string, more: Partial<TrialLine> = {}): TrialLine => ({
  check,
  ring: 1,
  state: 'refused',
  tried: 24,
  refused: 24,
  untried: 0,
  last: '2026-11-24T14:02:00Z',
  ...more,
});
const now = heardOf({ every: 3600 }, new Date('2026-11-24T14:30:00Z'));
const untried = { state: 'untried', tried: 0, refused: 0, untried: 24, last: undefined, reason: 'It is off.' } as const;

test('what was let through comes first, then what is not tried, then what was let through before', () => {
  const lines = triedLines(
    [
      line('CTR-001'),
      line('CTR-002', { refused: 23 }),
      line('CTR-003'),
      line('CTR-003', { ring: 2, ...untried }),
      line('CTR-004', { ring: 2, state: 'passed', refused: 23 }),
      line('CTR-004'),
      line('CTR-000'),
      line('CTR-005', { last: '2026-11-24T11:00:00Z' }),
    ],
    now,
  );
  expect(lines.map((one) => `${one.check} ${one.mark.state} ${one.mark.word}`)).toEqual([
    'CTR-004 fail Let through',
    'CTR-003 unknown Not tried',
    'CTR-005 unknown Not tried lately',
    'CTR-002 partly Refused again',
    'CTR-000 pass Refused',
    'CTR-001 pass Refused',
  ]);
  expect(lines[0]?.rings.map(({ rings }) => rings)).toEqual([[2], [1]]);
});

test('rings that answered alike stand together, with the earlier of their last tries', () => {
  const [both] = triedLines([line('CTR-001', { ring: 2, last: '2026-11-24T14:01:00Z' }), line('CTR-001')], now);
  expect(both?.rings).toEqual([
    { rings: [1, 2], state: 'refused', tried: 24, refused: 24, untried: 0, last: '2026-11-24T14:01:00Z' },
  ]);
  const [apart] = triedLines([line('CTR-001', { ring: 2, tried: 25, refused: 25 }), line('CTR-001')], now);
  expect(apart?.rings.map(({ rings }) => rings)).toEqual([[2], [1]]);
});

test('the same check of two rules, and of two versions of one, are two lines', () => {
  const rule = (id: string, version: number) => ({ rule: { id, version, name: id } });
  const lines = triedLines(
    [line('CTR-001', rule('a', 1)), line('CTR-001', rule('b', 1)), line('CTR-001', rule('a', 2))],
    now,
  );
  expect(lines.map((one) => `${one.rule?.name} ${one.rule?.version}`).toSorted()).toEqual(['a 1', 'a 2', 'b 1']);
});

test.each([
  [{}, 'refused 24 of 24 tries'],
  [{ tried: 1, refused: 0 }, 'refused 0 of 1 try'],
  [{ untried: 1 }, 'refused 24 of 24 tries, 1 try not answered'],
  [untried, 'no try in 24 hours was answered'],
] as const)('%j: %s', (more, words) => {
  expect(triesWord({ ...line('CTR-001', more), rings: [1] })).toBe(words);
});

test('a line is called by its check, its setting or what it refuses', () => {
  expect(['CTR-001', 'engine-socket', 'image-denied', 'image-unknown'].map(lineWord)).toEqual([
    'CTR-001',
    'Engine socket',
    'Image that its verdict denies',
    'Image that nobody has scanned',
  ]);
  expect([ringsWord([1]), ringsWord([1, 2])]).toEqual(['ring 1', 'rings 1 and 2']);
});

test('a refusal of a host that is silent, or of long ago, is none of now', () => {
  const word = (one: TrialLine, heard = now): string | undefined => triedLines([one], heard)[0]?.mark.word;
  expect(word(line('CTR-001', { last: '2026-11-24T12:00:00Z' }))).toBe('Refused');
  expect(word(line('CTR-001', { last: '2026-11-24T11:59:59Z' }))).toBe('Not tried lately');
  expect(word(line('CTR-001', { last: undefined }))).toBe('Not tried lately');
  expect(word(line('CTR-001'), { kind: 'silent' })).toBe('Agent away');
  expect(word(line('CTR-001', { state: 'passed' }), { kind: 'silent' })).toBe('Let through');
});
