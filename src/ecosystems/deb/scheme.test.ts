import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { drawPairs, expectTotalOrder, fromPieces, neighbours, versionsInFeed } from '../testing.ts';
import { deb } from './scheme.ts';

const nasty = fromPieces([
  '0',
  '1',
  '9',
  '10',
  '00',
  'a',
  'Z',
  '~',
  '~~',
  '+',
  '.',
  '-',
  '-0',
  '~rc1',
  '+deb13u1',
  'ubuntu',
  '1:',
]);
const readable = nasty.map((text) => `1${text.replaceAll(':', '')}0`);

describe('deb versions', () => {
  test('agree with dpkg on generated pairs', { timeout: 120_000 }, () => {
    const pairs = drawPairs(nasty, 4000).filter(([a, b]) => deb.compare(a, b) !== undefined);
    expect(pairs.length).toBeGreaterThan(2000);
    expect(differencesToDpkg(pairs)).toEqual([]);
  });

  test('agree with dpkg on the fixed versions of the Debian and Ubuntu feeds', { timeout: 120_000 }, () => {
    const feeds = [
      versionsInFeed('Debian', 'Debian'),
      versionsInFeed('Debian:13', 'Debian'),
      versionsInFeed('Ubuntu', 'Ubuntu'),
    ];
    const all = feeds.flatMap((feed) => [...feed.values()].flat());
    expect(all.length).toBeGreaterThan(15_000);
    expect(all.filter((version) => deb.compare(version, version) !== 0)).toEqual([]);
    const pairs = feeds.flatMap(neighbours).filter((_, index) => index % 4 === 0);
    expect(pairs.length).toBeGreaterThan(2000);
    expect(differencesToDpkg(pairs)).toEqual([]);
  });

  test('are totally ordered', () => expectTotalOrder(deb, readable));

  test.each(['', ' ', '1.0 2', 'a:1', '1:', '-1', '1:-1', '1-', '1\n2'])('%j is none', (text) => {
    expect(deb.compare(text, '1')).toBeUndefined();
    expect(deb.compare('1', text)).toBeUndefined();
  });

  test('epoch counts before everything, an absent revision is 0', () => {
    expect(deb.compare('1:0.1', '9.9')).toBeGreaterThan(0);
    expect(deb.compare('1.0', '1.0-0')).toBe(0);
    expect(deb.compare('0:1.0', '1.0')).toBe(0);
  });
});

/** One process for each pair, asked whether it holds what we say. */
function differencesToDpkg(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const input = pairs.map(([a, b]) => `${a}\t${relation(deb.compare(a, b))}\t${b}`).join('\n');
  const script =
    'while IFS="\t" read -r a relation b; do dpkg --compare-versions "$a" "$relation" "$b" 2>/dev/null || echo "$a $relation $b"; done';
  const wrong = execFileSync('sh', ['-c', script], { input: `${input}\n`, maxBuffer: 1 << 26 }).toString();
  return wrong.split('\n').filter((line) => line !== '');
}

function relation(order: number | undefined): string {
  return order === undefined ? 'none' : order < 0 ? 'lt' : order > 0 ? 'gt' : 'eq';
}
