import { describe, expect, test } from 'vitest';
import { expectTotalOrder, fromPieces } from '../testing.ts';
import { nuget as changes } from './changes.ts';
import { nuget } from './scheme.ts';

/** Each version comes before the next; those in one row are equal. From NuGet's own tests and documentation. */
const ascending = [
  ['0.0.0'],
  ['1.0.0-0', '1.0.0--0'],
  ['1.0.0-2'],
  ['1.0.0-10'],
  // Beyond 32 bits a label is a word.
  ['1.0.0-20000000000'],
  ['1.0.0-3000000000'],
  ['1.0.0-alpha'],
  ['1.0.0-BETA', '1.0.0-beta', '1.0-beta+aa', '1-Beta+BB'],
  ['1.0.0-beta.x'],
  ['1.0.0-BETA.X.y.5.77.0+AA', '1.0.0-beta.x.y.5.77.0+aa'],
  ['1.0.0-beta.x.y.5.79.0'],
  ['1.0.0-beta.x.y.5.790.0+abc'],
  ['1.0.0-beta2'],
  ['1.0.0-rc.10'],
  ['1.0.0-rc10'],
  ['1.0.0-rc2'],
  ['1', '1.0', '1.0.0', '1.0.0.0', '01.00.000.0000', '1.0.0+meta.a-b', ' 1.0 '],
  ['1.0.0.1'],
  ['1.0.1-a'],
  ['1.0.1'],
  ['1.999.9999'],
  ['2.0.0.10-pre'],
  ['2.0.0.10'],
  ['2.1.1'],
  ['2147483647.0'],
] as const;

const versions = ascending.flatMap((row, rank) => row.map((version) => [version, rank] as const));

describe('NuGet', () => {
  test.each(versions)('orders %s', (version, rank) => {
    for (const [other, otherRank] of versions)
      expect(Math.sign(nuget.compare(version, other) ?? Number.NaN), other).toBe(Math.sign(rank - otherRank));
  });

  test.each([
    '',
    '1.0.0.0.0',
    '1..0',
    '.1',
    '1.0.',
    'v1.0',
    '1.0-',
    '1.0+',
    '1.0-a..b',
    '1.0-01',
    '1.0-a_b',
    '1.0+a..b',
    '1.x',
    '2147483648.0',
    `1.0-${'a'.repeat(600)}`,
  ])('knows that %j is no version', (text) => expect(nuget.compare(text, '1.0')).toBeUndefined());

  test('is a total order', () => {
    const label = fromPieces(['1', '2', '-', 'a', 'B', '.', '9999999999'], 5);
    expectTotalOrder(
      nuget,
      label.map((text) => `1.0-${text}`).filter((text) => nuget.compare(text, text) !== undefined),
    );
  });
});

test.each([
  ['Newtonsoft.Json', '13.0.1', 'dotnet add package Newtonsoft.Json --version 13.0.1'],
  ['a b', '13.0.1', "dotnet add package 'a b' --version 13.0.1"],
  ['Microsoft.NETCore.App.Runtime.linux-x64', '8.0.12', '8.0.12'],
  ['microsoft.aspnetcore.app.runtime.linux-musl-x64', '8.0.12', '8.0.12'],
])('another version of %s', (name, to, copy) => {
  expect(changes.change({ name, installed: '1.0', to, paths: [] })).toMatchObject({
    before: `${name} 1.0`,
    after: `${name} ${to}`,
    copy,
  });
});
