import { describe, expect, test } from 'vitest';
import { isOfDpkg } from './diversion.ts';
import { engineStanding, type KnownEngine } from './engine-cases.ts';

const idsOf = (cases: readonly string[] | undefined): readonly string[] =>
  (cases ?? []).map((one) => one.split(/[ :]/)[0] ?? '');

test.each([
  ['26.1.5', false, ['B2', 'B17']],
  ['26.1.4', false, ['B1', 'B2', 'B17']],
  ['24.0.9', false, ['B1', 'B2', 'B17']],
  ['18.09.1', false, ['B2', 'B17']],
  ['19.03.15', false, ['B1', 'B2', 'B17']],
  ['29.2.0', false, ['B2', 'B11', 'B17']],
  ['29.3.1', true, ['B11']],
  ['v30.0.0-rc.1', true, ['B11']],
] as const)('Docker’s own %s is known to be safe: %s, and concerned by %j', async (version, safe, cases) => {
  const standing = await engineStanding({ version, build: 'docker' });
  expect(standing.safe).toBe(safe);
  expect(idsOf(standing.cases)).toEqual(cases);
  expect(standing.unknown).toEqual([]);
});

test('what nobody knows of a build that is not Docker’s is told as not known', async () => {
  const standing = await engineStanding({ version: '26.1.5', build: 'unknown' });
  expect(standing).toMatchObject({ safe: false, cases: [] });
  expect(idsOf(standing.unknown)).toEqual(['B2', 'B17']);
  expect(await engineStanding({ version: '29.3.1', build: 'unknown' })).toMatchObject({ safe: true, unknown: [] });
});

test('a version that nobody can read is not called safe', async () => {
  expect(await engineStanding({ version: 'dev', build: 'docker' })).toMatchObject({ safe: false });
});

describe.skipIf(!isOfDpkg('/bin/dpkg') && !isOfDpkg('/usr/bin/dpkg'))('Debian’s packages', () => {
  const ofPackage = (distribution: string, version: string, source = version): KnownEngine => ({
    version: '26.1.5+dfsg1',
    build: { distribution, name: 'docker.io', version, source: { name: 'docker.io', version: source } },
  });

  test.each([
    ['26.1.5+dfsg1-9+deb13u1+b1', '26.1.5+dfsg1-9+deb13u1', []],
    ['26.1.5+dfsg1-9+deb13u2', '26.1.5+dfsg1-9+deb13u2', []],
    ['26.1.5+dfsg1-9', '26.1.5+dfsg1-9', ['B2', 'B17']],
    ['26.1.5+dfsg1-9+b4', '26.1.5+dfsg1-9', ['B2', 'B17']],
  ] as const)('%s of Debian 13 is judged by what was mended in it', async (version, source, cases) => {
    const standing = await engineStanding(ofPackage('debian:13', version, source));
    const told = { safe: cases.length === 0, unknown: [], package: `docker.io ${version} of debian:13` };
    expect(standing).toMatchObject(told);
    expect(idsOf(standing.cases)).toEqual(cases);
  });

  test.each(['debian:12', 'ubuntu:24.04'])('of %s nothing is known, so nothing is said', async (distribution) => {
    const standing = await engineStanding(ofPackage(distribution, '26.1.5+dfsg1-9+deb13u1'));
    expect(standing).toMatchObject({ safe: false, cases: [] });
    expect(idsOf(standing.unknown)).toEqual(['B2', 'B17']);
  });
});
