import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drawPairs, expectTotalOrder, fromPieces, neighbours, versionsInFeed } from '../testing.ts';
import { rpm } from './scheme.ts';

const nasty = fromPieces([
  '0',
  '1',
  '9',
  '10',
  '00',
  'a',
  'Z',
  '~',
  '^',
  '.',
  '_',
  '+',
  '-1',
  'rc1',
  '.el9',
  '~rc1',
  '^git1',
  '1:',
]);

describe('rpm versions', () => {
  test('agree with rpm on generated pairs', () => {
    const pairs = drawPairs(nasty, 40_000).filter(([a, b]) => rpm.compare(a, b) !== undefined);
    expect(pairs.length).toBeGreaterThan(10_000);
    expect(differencesToRpm(pairs)).toEqual([]);
  });

  test('agree with rpm on the fixed versions of AlmaLinux, Red Hat and Azure Linux', () => {
    const feeds = ['AlmaLinux', 'Red Hat', 'Azure Linux'].map((name) => versionsInFeed(name, name));
    const all = feeds.flatMap((feed) => [...feed.values()].flat());
    expect(all.length).toBeGreaterThan(20_000);
    const unreadable = all.filter((version) => rpm.compare(version, version) !== 0);
    expect(unreadable.length / all.length, unreadable.join(' ')).toBeLessThan(0.0005);
    const pairs = feeds.flatMap(neighbours).filter(([a, b]) => rpm.compare(a, b) !== undefined);
    expect(differencesToRpm(pairs)).toEqual([]);
  });

  test('are totally ordered', () =>
    expectTotalOrder(
      rpm,
      nasty.map((text) => `1${text.replaceAll(':', '').replaceAll('-', '')}`),
    ));

  test.each(['', '1 2', 'a:1', '1-2-3', '1:', '-1'])('%j is none', (text) => {
    expect(rpm.compare(text, '1')).toBeUndefined();
  });
});

function differencesToRpm(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'rpm-versions-'));
  try {
    const file = join(folder, 'pairs');
    writeFileSync(file, pairs.map((pair) => pair.join('\t')).join('\n'));
    const script = `%{lua: for line in io.lines("${file}") do local a, b = line:match("([^\\t]*)\\t(.*)"); print(rpm.vercmp(a, b) .. "\\n") end}`;
    const signs =
      execFileSync('rpm', ['--eval', script], { maxBuffer: 1 << 26 })
        .toString()
        .match(/-?\d+/g) ?? [];
    expect(signs.length).toBe(pairs.length);
    return pairs
      .filter(([a, b], index) => Math.sign(rpm.compare(a, b) ?? Number.NaN) !== Number(signs[index]))
      .map(String);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
