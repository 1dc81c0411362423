import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawPairs, expectTotalOrder, fromPieces, neighbours, versionsInFeed } from '../../testing.ts';
import { maven } from './index.ts';

const words = [
  'alpha',
  'beta',
  'a',
  'b',
  'm',
  'rc',
  'cr',
  'ga',
  'final',
  'release',
  'snapshot',
  'sp',
  'jre',
  'android',
  'v2023',
  'RC1',
  'Final',
  'x',
];
const numbers = ['0', '1', '2', '10', '00', '01', '99999999999', '1234567890123456789012'];
const nasty = fromPieces([...words, ...numbers, '.', '-', '.', '-', '_', '--', '..'], 8);
const usual = fc
  .tuple(
    fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '-alpha-1', '-beta2', '-M3', '-RC1', '.RC2', '-SNAPSHOT', '.Final', '.GA', '-jre', '.SP1'),
  )
  .map(([parts, qualifier]) => parts.join('.') + qualifier);

describe('Maven versions', () => {
  test('agree with maven-artifact on generated pairs', () => {
    const pairs = [...drawPairs(nasty, 30_000), ...drawPairs(usual, 30_000)];
    expect(differencesToMaven(pairs)).toEqual([]);
  });

  test('agree with maven-artifact on the versions of the Maven feed', () => {
    const versions = versionsInFeed('Maven', 'Maven');
    const pairs = neighbours(versions).filter(([a, b]) => maven.compare(a, b) !== undefined);
    expect(pairs.length).toBeGreaterThan(10_000);
    expect(differencesToMaven(pairs)).toEqual([]);
  });

  test('of the usual kind are totally ordered', () => expectTotalOrder(maven, usual));

  test.each(['', '1 2', '${project.version}', `1${'-1'.repeat(300)}`])('%j is none', (text) => {
    expect(maven.compare(text, '1')).toBeUndefined();
  });
});

/** All pairs in one Java process, on the jars that Debian installs. */
function differencesToMaven(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const jars = ['maven3-artifact.jar', 'commons-lang3.jar'].map((jar) => join('/usr/share/java', jar));
  expect(jars.filter((jar) => !existsSync(jar))).toEqual([]);
  const signs = execFileSync('java', ['-cp', jars.join(':'), join(import.meta.dirname, 'Compare.java')], {
    input: `${pairs.map((pair) => pair.join('\t')).join('\n')}\n`,
    maxBuffer: 1 << 26,
  });
  const order = signs.toString().trim().split('\n').map(Number);
  expect(order.length).toBe(pairs.length);
  return pairs.filter(([a, b], index) => Math.sign(maven.compare(a, b) ?? Number.NaN) !== order[index]).map(String);
}
