import { expect, test } from 'vitest';
import { foldSame, lineDiff } from './line-diff.ts';

const shown = (before: string, after: string) =>
  lineDiff(before, after).map(({ kind, text }) => ({ same: ' ', gone: '-', come: '+' })[kind] + text);

test('what stays stays, what goes stands before what comes', () => {
  expect(shown('a\nb\nc\n', 'a\nx\nc\n')).toEqual([' a', '-b', '+x', ' c']);
  expect(shown('a\n', 'a\nb\n')).toEqual([' a', '+b']);
  expect(shown('a\nb\n', 'b\n')).toEqual(['-a', ' b']);
});

test('lines far from a change are folded', () => {
  const before = Array.from({ length: 20 }, (_, index) => String(index)).join('\n');
  expect(foldSame(lineDiff(before, before.replace('10', 'x')), 1).map(({ text }) => text)).toEqual([
    '…',
    '9',
    '10',
    'x',
    '11',
    '…',
  ]);
});
