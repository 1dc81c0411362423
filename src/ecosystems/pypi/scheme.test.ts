import { describe, expect, test } from 'vitest';
import { expectTotalOrder, fromPieces } from '../testing.ts';
import { pep440 } from './scheme.ts';

/** Each list is in ascending order by packaging.python.org/specifications/version-specifiers. */
const ladders = [
  ['1.dev0', '1.0.dev456', '1.0a1', '1.0a2.dev456', '1.0a12.dev456', '1.0a12', '1.0b1.dev456', '1.0b2'],
  ['1.0b2', '1.0b2.post345.dev456', '1.0b2.post345', '1.0rc1.dev456', '1.0rc1', '1.0', '1.0+abc.5', '1.0+abc.7'],
  ['1.0+abc.7', '1.0+5', '1.0.post456.dev34', '1.0.post456', '1.0.15', '1.1.dev1'],
  ['0.9', '0.9.1', '0.9.2', '0.9.10', '0.9.11', '1.0', '1.0.1', '1.1', '2.0', '2012.4', '2012.7', '1!0.1'],
  ['1.0+a', '1.0+a.b', '1.0+a.1', '1.0+b', '1.0+2', '1.0+10'],
  ['1.1.dev1', '1.1a0.dev1', '1.1a0', '1.1a0.post1', '1.1', '1.1.post0.dev1', '1.1.post0', '1.1.post1'],
] as const;

const readable = fromPieces(['.0', '.1', '.10', ''], 3).chain((release) =>
  fromPieces(['', 'a1', 'b', 'rc10', '.post1', '.dev2', 'a1.dev2', '.post1.dev2', '+x', '+1.x', 'rc1+1'], 1).map(
    (end) => `1${release}${end}`,
  ),
);

describe('versions of Python packages', () => {
  test.each(ladders.map((ladder) => [ladder] as const))('ascend: %s', (ladder) => {
    for (const [i, low] of ladder.entries()) {
      for (const high of ladder.slice(i + 1)) {
        expect(pep440.compare(low, high), `${low} < ${high}`).toBeLessThan(0);
        expect(pep440.compare(high, low), `${high} > ${low}`).toBeGreaterThan(0);
      }
    }
  });

  test.each([
    ['1.1', '1.1.0'],
    ['1.1RC1', '1.1rc1'],
    ['1.1.a1', '1.1-alpha_1'],
    ['1.1c1', '1.1rc1'],
    ['1.1.preview3', '1.1rc3'],
    ['1.2a', '1.2a0'],
    ['1.2-2', '1.2.post2'],
    ['1.2-r3', '1.2.post3'],
    ['1.2.post', '1.2-0'],
    ['1.2.dev', '1.2dev0'],
    ['v1.0', '1.0'],
    ['01.0', '1.0'],
    [' 1.0\n', '1.0'],
    ['0!1', '1'],
    ['1.0+ubuntu-1', '1.0+ubuntu.1'],
    ['1.0+UBUNTU_1', '1.0+ubuntu.01'],
  ])('%j equals %j', (left, right) => {
    expect(pep440.compare(left, right)).toBe(0);
  });

  test.each([
    '',
    'latest',
    '2004d',
    '1.0.',
    '1..0',
    '1.0--1',
    '1.0+',
    '1.0+a..b',
    '1!',
    '!1',
    '1.0 2',
    '1.0.*',
    '1.0a1b1',
    '1.0.post1.post2',
    '1.0dev1a1',
    '١.0',
    '9'.repeat(600),
  ])('%j is none', (text) => {
    expect(pep440.compare(text, '1')).toBeUndefined();
    expect(pep440.compare('1', text)).toBeUndefined();
  });

  test('are totally ordered', () => expectTotalOrder(pep440, readable));
});
