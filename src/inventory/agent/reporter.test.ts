import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '#base/index.ts';
import { openSpool } from '../../link/agent/spool/spool.ts';
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
  reporter.report('use', { n: 1 });
  reporter.report('use', { n: 1 });
  expect(send.mock.calls).toEqual([
    ['image', { n: 1 }, undefined],
    ['image', { n: 1 }, undefined],
    ['image', { n: 2 }, { replaces: 'a' }],
    ['image', { n: 2 }, undefined],
    ['image', { n: 1 }, undefined],
    ['use', { n: 1 }, undefined],
    ['use', { n: 1 }, undefined],
  ]);
});

test('what is named is known by its name, whatever its text', () => {
  const send = vi.fn(async () => undefined);
  const reporter = createReporter({ send }, silentLog);
  const key = { kind: 'compliance', id: 'a' };
  reporter.state(key, { n: 1 }, 'one');
  reporter.state(key, { n: 2 }, 'one');
  reporter.state(key, { n: 1 }, 'two');
  expect(send.mock.calls).toEqual([
    ['compliance', { n: 1 }, undefined],
    ['compliance', { n: 1 }, { replaces: 'a' }],
  ]);
});

test('what names a container that has ended already comes after the first word on it, while all of it waits', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seawall-reporter-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const spool = await openSpool({ folder, limit: 2 ** 20, log: silentLog, changed: () => undefined });
  onTestFinished(() => spool.close());
  const send = (kind: string, body: unknown, options?: { readonly replaces: string }): Promise<void> =>
    spool.append({ kind, at: '2026-11-28T05:00:00Z', body: body as never }, options && `${kind} ${options.replaces}`);
  const reporter = createReporter({ send }, silentLog);
  reporter.state({ kind: 'container', id: 'a' }, { id: 'a', state: 'created' });
  reporter.state({ kind: 'container', id: 'a' }, { id: 'a', state: 'running' });
  await send('behaviour', { containers: ['a'] });
  reporter.state({ kind: 'container', id: 'a' }, { id: 'a', state: 'removed' });
  await vi.waitFor(() => expect(spool.position().last).toBe(4));
  const facts = (await spool.take())?.facts.map(({ kind, body }) => ({ kind, body }));
  expect(facts).toEqual([
    { kind: 'container', body: { id: 'a', state: 'created' } },
    { kind: 'superseded', body: null },
    { kind: 'behaviour', body: { containers: ['a'] } },
    { kind: 'container', body: { id: 'a', state: 'removed' } },
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
