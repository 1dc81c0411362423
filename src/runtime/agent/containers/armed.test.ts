import { expect, test } from 'vitest';
import { armed as how } from '../wire/words.ts';
import { ArmedContainers } from './armed.ts';

const id = 'c1'.repeat(32);
const within = (milliseconds: number) => AbortSignal.timeout(milliseconds);
const born = { id, state: 'born', armed: how.kernel | how.fanotify } as const;

test('who starts a container hears that it is armed, before or after it asked', async () => {
  const containers = new ArmedContainers();
  const began = performance.now();
  const waiting = containers.since(id, began, within(2000));
  containers.hear(born);
  expect(await waiting).toBe(true);
  expect(await containers.since(id, began, within(0))).toBe(true);
});

test('what was heard of an earlier run of the container does not count', async () => {
  const containers = new ArmedContainers();
  containers.hear(born);
  const again = performance.now() + 1;
  expect(await containers.since(id, again, within(20))).toBe(false);
});

test('one that the kernel has no policy for is not armed, nor is one that is gone', async () => {
  const containers = new ArmedContainers();
  const began = performance.now();
  containers.hear({ ...born, armed: how.fanotify });
  containers.hear({ ...born, state: 'gone' });
  containers.hear({ ...born, id: 'c2'.repeat(32) });
  expect(await containers.since(id, began, within(20))).toBe(false);
});
