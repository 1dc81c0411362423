import { expect, test } from 'vitest';
import { engineStanding } from './engine-cases.ts';

const ids = (version: string): readonly string[] =>
  engineStanding(version).cases.map((one) => one.split(/[ :]/)[0] ?? '');

test.each([
  ['26.1.5+dfsg1', false, ['B2', 'B17']],
  ['26.1.4', false, ['B1', 'B2', 'B17']],
  ['24.0.9', false, ['B1', 'B2', 'B17']],
  ['18.09.1', false, ['B2', 'B17']],
  ['19.03.15', false, ['B1', 'B2', 'B17']],
  ['29.2.0', false, ['B2', 'B11', 'B17']],
  ['29.3.1', true, ['B11']],
  ['v30.0.0-rc.1', true, ['B11']],
] as const)('Docker %s is known to be safe: %s, and concerned by %j', (version, safe, cases) => {
  expect(engineStanding(version).safe).toBe(safe);
  expect(ids(version)).toEqual(cases);
});

test('a version that nobody can read is not called safe', () => {
  expect(engineStanding('dev')).toMatchObject({ safe: false });
});
