import { expect, test } from 'vitest';
import { oneLine } from './one-line.ts';

const sign = '\ufffd';

test.each([
  ['plain text, é → …', undefined, undefined, 'plain text, é → …'],
  ['a\r\nb\tc\0', undefined, undefined, 'a  b c '],
  ['\u001b[2J\u009b31m', undefined, sign, `${sign}[2J${sign}31m`],
  ['a\u2028b\u2029c', undefined, undefined, 'a b c'],
  ['\u202eexe.\u2066png\u200f', undefined, sign, `${sign}exe.${sign}png${sign}`],
  ['half \ud83d', undefined, undefined, `half ${sign}`],
  ['abcdef', 6, undefined, 'abcdef'],
  ['abcdefg', 6, undefined, 'abcde…'],
  // A character of two units is kept whole or left out.
  ['abcd😀f', 6, undefined, 'abcd…'],
  ['abc😀fg', 6, undefined, 'abc😀…'],
  ['\n\n', undefined, (one: string) => `<${one.codePointAt(0)}>`, '<10><10>'],
  ['\n\n', 6, (one: string) => `<${one.codePointAt(0)}>`, '<10><…'],
  ['', 5, undefined, ''],
])('%j, at most %s → %j', (text, longest, ...[instead, line]) => {
  expect(oneLine(text, longest, instead as ' ' | undefined)).toBe(line);
});

test('reads no more of a long text than it keeps', () => {
  const started = performance.now();
  for (let n = 0; n < 100; n += 1) oneLine('\n'.repeat(5_000_000), 10);
  expect(oneLine('\n'.repeat(5_000_000), 10)).toHaveLength(10);
  expect(performance.now() - started).toBeLessThan(5000);
});
