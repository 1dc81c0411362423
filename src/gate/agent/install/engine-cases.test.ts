import { describe, expect, test } from 'vitest';
import { engineSafety, type KnownEngine } from './engine-cases.ts';

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
  const safety = await engineSafety({ version, build: 'docker' });
  expect(safety.safe).toBe(safe);
  expect(idsOf(safety.cases)).toEqual(cases);
  expect(safety.unknown).toEqual([]);
});

test('what nobody knows of a build that is not Docker’s is told as not known', async () => {
  const safety = await engineSafety({ version: '26.1.5', build: 'unknown' });
  expect(safety).toMatchObject({ safe: false, cases: [] });
  expect(idsOf(safety.unknown)).toEqual(['B2', 'B17']);
  expect(await engineSafety({ version: '29.3.1', build: 'unknown' })).toMatchObject({ safe: true, unknown: [] });
});

test('a version that nobody can read is not called safe', async () => {
  expect(await engineSafety({ version: 'dev', build: 'docker' })).toMatchObject({ safe: false });
});

describe('Debian’s packages', () => {
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
    const safety = await engineSafety(ofPackage('debian:13', version, source));
    const reported = { safe: cases.length === 0, unknown: [], package: `docker.io ${version} of debian:13` };
    expect(safety).toMatchObject(reported);
    expect(idsOf(safety.cases)).toEqual(cases);
  });

  test.each(['debian:12', 'ubuntu:24.04'])('of %s nothing is known, so nothing is said', async (distribution) => {
    const safety = await engineSafety(ofPackage(distribution, '26.1.5+dfsg1-9+deb13u1'));
    expect(safety).toMatchObject({ safe: false, cases: [] });
    expect(idsOf(safety.unknown)).toEqual(['B2', 'B17']);
  });
});
