import { expect, test } from 'vitest';
import { ArmedContainers } from './armed.ts';
import type { ReportedContainer } from './reported-container.ts';

const id = 'c1'.repeat(32);
const within = (milliseconds: number) => AbortSignal.timeout(milliseconds);
const reported: ReportedContainer = { cgroup: 7n, policy: 5, version: 9, mechanisms: ['exec-killed'], since: 0 };

/** A policy of this version is asked for. */
function open(asked = { version: 9 }) {
  let changes = 0;
  const containers = new ArmedContainers({
    isArmed: (_, { version, problem }) => version === asked.version && problem === undefined,
    changed: () => (changes += 1),
  });
  return { containers, changes: () => changes };
}

test('who starts a container hears that it is armed, before or after it asked', async () => {
  const { containers } = open();
  const began = performance.now();
  const waiting = containers.since(id, began, within(2000));
  containers.hear(id, reported);
  expect(await waiting).toBe(true);
  expect(await containers.since(id, began, within(0))).toBe(true);
});

test('what was reported of an earlier run of the container does not count', async () => {
  const { containers } = open();
  containers.hear(id, reported);
  const again = performance.now() + 1;
  expect(await containers.since(id, again, within(20))).toBe(false);
});

test('one that has another policy, or a problem, is not armed; it is once its policy is the one that is asked for', async () => {
  const asked = { version: 9 };
  const { containers } = open(asked);
  const began = performance.now();
  containers.hear(id, { ...reported, version: 8 });
  expect(await containers.since(id, began, within(20))).toBe(false);
  containers.hear(id, { ...reported, problem: { kind: 'not-marked', reason: 'EXDEV' } });
  expect(await containers.since(id, began, within(20))).toBe(false);
  containers.hear(id, { ...reported, version: 10 });
  const waiting = containers.since(id, began, within(2000));
  asked.version = 10;
  containers.askedAnew();
  expect(await waiting).toBe(true);
});

test('a container that is gone is forgotten, unless it is there anew', () => {
  const { containers, changes } = open();
  containers.hear(id, reported);
  containers.hear(id, { ...reported, cgroup: 8n });
  containers.forget(id, 7n);
  expect([containers.reported(id)?.cgroup, changes()]).toEqual([8n, 2]);
  containers.forget(id, 8n);
  expect([containers.reported(id), changes()]).toEqual([undefined, 3]);
});

test('a sensor that is met reports everything anew: what was reported before is no evidence', () => {
  const { containers } = open();
  containers.hear(id, reported);
  containers.begin();
  expect(containers.reported(id)).toBe(undefined);
});

test('no more containers are remembered than can be there', () => {
  const { containers } = open();
  for (let index = 0; index <= 10_000; index += 1) containers.hear(String(index), reported);
  expect(containers.reported('0')).toBe(undefined);
  expect(containers.reported('1')).toBeDefined();
  expect(containers.reported('10000')).toBeDefined();
});
