import { describe, expect, test } from 'vitest';
import { fine, stops, unknown, unsaid, weakens } from './probe.ts';
import { type Answered, exitOf, jsonOf, textOf, worstFirst } from './report.ts';

const all: Readonly<Record<'good' | 'hidden' | 'dark' | 'late' | 'slow' | 'dead', Answered>> = {
  good: { id: 'good', title: 'Good', answer: fine('works') },
  hidden: { id: 'hidden', title: 'Hidden', answer: unsaid('Not said.', 'Ask.') },
  dark: { id: 'dark', title: 'Dark', answer: unknown('Not seen.', 'Run as root.') },
  late: { id: 'late', title: 'Late', answer: unknown('Not seen.', 'Run as root.') },
  slow: { id: 'slow', title: 'Slow', answer: weakens('Slow.', 'Hurry.') },
  dead: { id: 'dead', title: 'Dead', answer: stops('Dead.', 'Start it.') },
};
const { good, hidden, dark, late, slow, dead } = all;

describe('the report of seawall doctor', () => {
  test('has the worst first', () => {
    expect(worstFirst([good, hidden, dark, slow, dead])).toEqual([dead, slow, dark, hidden, good]);
  });

  test.each([
    [[good], 0],
    [[good, hidden], 0],
    [[good, dark], 3],
    [[good, slow], 1],
    [[dark, dead], 1],
  ] as const)('exits by what was found: %j', (answered, exit) => {
    expect(exitOf(answered)).toBe(exit);
  });

  test('says each fix, joins what is unknown for one reason and folds what is fine', () => {
    expect(textOf([good, dark, dead, late, good], { columns: 40, colour: false })).toBe(
      `broken   Dead: Dead.
         → Start it.
unknown  Dark, Late: Not seen.
         → Run as root.
fine     Good, Good
`,
    );
  });

  test('as JSON has everything', () => {
    expect(JSON.parse(jsonOf([good, dead], new Set(['cli'])))).toEqual({
      parts: ['cli'],
      exit: 1,
      probes: [
        { id: 'dead', title: 'Dead', state: 'problem', weight: 'stops', words: 'Dead.', fix: 'Start it.' },
        { id: 'good', title: 'Good', state: 'fine', words: 'works' },
      ],
    });
  });
});
