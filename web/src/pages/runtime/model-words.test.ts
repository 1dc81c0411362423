import { expect, test } from 'vitest';
import type { Convergence, Entry } from '#runtime/contract.ts';
import { boundWords, lineWords, modelName, modelState } from './model-words.ts';

const convergence: Convergence = {
  verdict: 'active',
  hours: 44,
  novelHours: 2,
  point: 1.09,
  upper80: 1.988,
  starts: 1,
  hourOfDayMask: 1,
  weekdayMask: 1,
  blockedBy: [],
};

test('a bound is told with its best guess, and nothing observed is told as that', () => {
  expect(boundWords(convergence)).toBe('up to 2.0 new behaviours a day, estimate 1.1');
  expect(boundWords({ ...convergence, hours: 0 })).toBe('nothing observed yet');
});

test('a line says who starts the program', () => {
  const of = (fact: Entry['fact']): string => lineWords({ fact });
  expect(of({ dimension: 'process', path: '/usr/bin/curl', caller: '/opt/java/bin/java' })).toBe('by java');
  expect(of({ dimension: 'process', path: '/usr/sbin/nginx' })).toBe('first program');
  const busybox = { dimension: 'process', path: '/bin/busybox', caller: '/bin/dash' } as const;
  expect(of({ ...busybox, applet: 'ls', shape: 'ls' })).toBe('as ls, by dash');
  expect(of({ ...busybox, applet: 'nc', shape: 'nc -l' })).toBe('as nc, by dash, nc -l');
  expect(lineWords({ fact: { ...busybox, shape: 'ls' }, anyApplet: 'learned-before' })).toBe(
    'any applet (learned before applets were recorded), by dash, ls',
  );
  expect(of({ dimension: 'file', kind: 'generated-code', path: '/opt/java', folder: '/work' })).toContain('/work');
});

test('a model that has observed nothing is unknown, not learning', () => {
  const learning = { state: 'learning', partial: false, convergence: { process: convergence } } as const;
  expect(modelState(learning).mark).toBe('partly');
  expect(modelState({ ...learning, convergence: {} })).toMatchObject({ mark: 'unknown' });
  expect(modelState({ ...learning, convergence: { process: { ...convergence, hours: 0 } } }).mark).toBe('unknown');
  expect(modelState({ ...learning, state: 'active' }).mark).toBe('pass');
  expect(modelState({ ...learning, state: 'active', partial: true }).mark).toBe('unknown');
  expect(modelState({ ...learning, state: 'manual', convergence: {} }).mark).toBe('pass');
});

test('a model without a name is called by its digest', () => {
  const key = { digest: `sha256:7be1c04d${'0'.repeat(56)}`, entrypoint: [] } as never;
  expect(modelName({ names: [], key })).toBe('7be1c04d0000');
});
