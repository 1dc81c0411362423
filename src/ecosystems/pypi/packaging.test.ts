import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { drawPairs, fromPieces, neighbours, versionsInFeed } from '../testing.ts';
import { pep440 } from './scheme.ts';

const pieces =
  '1 0 10 . .0 .1 1! -1 _1 a b1 rc c2 .alpha -beta_2 preview .pre1 .post post1 -r4 rev .dev dev3 +local +1 +a.1 .2 v x';
const nasty = fromPieces([' ', ...pieces.split(' ')], 4).map((text) => `1${text}`);

/** `None` where one of the two is no version. */
const script = `
import json, sys
from packaging.version import InvalidVersion, Version
def compare(left, right):
    try:
        left, right = Version(left), Version(right)
    except InvalidVersion:
        return None
    return (left > right) - (left < right)
print(json.dumps([compare(*pair) for pair in json.load(sys.stdin)]))
`;

function differencesToPackaging(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const input = JSON.stringify(pairs);
  const text = execFileSync('/usr/bin/python3', ['-c', script], { input, maxBuffer: 2 ** 26 }).toString();
  const theirs = JSON.parse(text) as readonly (number | null)[];
  expect(theirs).toHaveLength(pairs.length);
  return pairs.flatMap(([left, right], at) => {
    const ours = pep440.compare(left, right);
    return theirs[at] === (ours === undefined ? null : Math.sign(ours)) ? [] : [`${left} ${right}: ${theirs[at]}`];
  });
}

describe('versions agree with the library packaging', () => {
  test('on generated pairs', () => {
    const pairs = drawPairs(nasty, 20_000);
    expect(pairs.filter(([left, right]) => pep440.compare(left, right) !== undefined).length).toBeGreaterThan(2000);
    expect(differencesToPackaging(pairs)).toEqual([]);
  });

  test('on neighbouring versions of the PyPI feed', () => {
    const pairs = neighbours(versionsInFeed('PyPI', 'PyPI'));
    expect(pairs.length).toBeGreaterThan(10_000);
    expect(differencesToPackaging(pairs)).toEqual([]);
  });
});
