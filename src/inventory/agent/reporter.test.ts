import { expect, test, vi } from 'vitest';
import { silentLog } from '#base/index.ts';
import { createReporter } from './reporter.ts';

test('what is the same is sent once, what is new or was forgotten again; the newest takes the place of what waits, but for the first', async () => {
  const send = vi.fn(async () => undefined);
  const reporter = createReporter({ send }, silentLog);
  const key = { kind: 'image', id: 'a' };
  reporter.state(key, { n: 1 });
  reporter.state(key, { n: 1 });
  reporter.state({ ...key, id: 'b' }, { n: 1 });
  reporter.state(key, { n: 2 });
  reporter.forget(key);
  reporter.state(key, { n: 2 });
  reporter.forgetAll();
  reporter.state({ ...key, id: 'b' }, { n: 1 });
  reporter.tell('use', { n: 1 });
  reporter.tell('use', { n: 1 });
  expect(send.mock.calls).toEqual([
    ['image', { n: 1 }, undefined],
    ['image', { n: 1 }, undefined],
    ['image', { n: 2 }, { replaces: 'a' }],
    ['image', { n: 2 }, undefined],
    ['image', { n: 1 }, undefined],
    ['use', { n: 1 }],
    ['use', { n: 1 }],
  ]);
});

test('a fact that cannot be kept is logged, and said again when it is stated again', async () => {
  const error = vi.fn();
  const send = vi.fn(async () => Promise.reject(new Error('disk full')));
  const reporter = createReporter({ send }, { ...silentLog, error });
  reporter.state({ kind: 'host', id: '' }, { n: 1 });
  await vi.waitFor(() => expect(error).toHaveBeenCalledWith({ kind: 'host', error: 'disk full' }, expect.any(String)));
  reporter.state({ kind: 'host', id: '' }, { n: 1 });
  expect(send).toHaveBeenCalledTimes(2);
});
