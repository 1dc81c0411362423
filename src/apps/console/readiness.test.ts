import { expect, test } from 'vitest';
import { openReadiness } from './readiness.ts';

function readiness(isMigrated: () => Promise<boolean>, checkKeys: () => void = () => undefined) {
  let at = 0;
  const ask = openReadiness({ store: { isMigrated }, checkKeys, now: () => at });
  return { ask, pass: (milliseconds: number) => void (at += milliseconds) };
}
const fine = (): void => undefined;
const refuse = (): never => {
  throw new Error('refused');
};

interface Case {
  readonly lacks: string;
  readonly isMigrated: () => Promise<boolean>;
  readonly checkKeys: () => void;
  readonly expected: string | undefined;
}

test.each<Case>([
  { lacks: 'nothing', isMigrated: async () => true, checkKeys: fine, expected: undefined },
  { lacks: 'migrations', isMigrated: async () => false, checkKeys: fine, expected: 'migrations' },
  { lacks: 'the database', isMigrated: async () => refuse(), checkKeys: fine, expected: 'database' },
  { lacks: 'an answer', isMigrated: () => new Promise(() => undefined), checkKeys: fine, expected: 'database' },
  { lacks: 'keys', isMigrated: async () => true, checkKeys: refuse, expected: 'keys' },
  { lacks: 'keys and migrations', isMigrated: async () => false, checkKeys: refuse, expected: 'migrations' },
])('a console that lacks $lacks says so', async ({ isMigrated, checkKeys, expected }) => {
  expect(await readiness(isMigrated, checkKeys).ask()).toBe(expected);
});

test('an answer holds for a second, and is asked for once', async () => {
  let asked = 0;
  const { ask, pass } = readiness(async () => {
    asked += 1;
    return asked === 1;
  });
  expect(await Promise.all([ask(), ask()])).toEqual([undefined, undefined]);
  pass(1000);
  expect([await ask(), asked]).toEqual([undefined, 1]);
  pass(1);
  expect([await ask(), asked]).toEqual(['migrations', 2]);
});
