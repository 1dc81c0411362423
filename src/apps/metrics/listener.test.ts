import { get } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import { agentMetrics } from '../agent/metrics/list.ts';
import { consoleMetrics } from '../console/metrics/list.ts';
import { metricsAddressOf, serveMetrics } from './listener.ts';
import type { Metric } from './metric.ts';
import { openRegistry } from './registry.ts';
import { parseMetrics } from './testing.ts';

describe('the lists of metrics', () => {
  test.each<Metric>([...consoleMetrics, ...agentMetrics])('$name follows the conventions', ({ name, kind, help }) => {
    expect(name).toMatch(/^seawall_[a-z]+(?:_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(name).not.toMatch(/_(?:milliseconds|minutes|kilobytes|megabytes)/);
    expect(help).toMatch(/\.$/);
  });
});

const list = [
  { name: 'seawall_a', kind: 'gauge', help: 'A.' },
  { name: 'seawall_b_total', kind: 'counter', help: 'B.', labels: { x: 'y' } },
] as const;

describe('a registry', () => {
  test('shows what is known now, and nothing for what is not', async () => {
    let samples: readonly { name: 'seawall_a' | 'seawall_b_total'; value: number; labels?: Record<string, string> }[] =
      [];
    const registry = openRegistry<'seawall_a' | 'seawall_b_total'>({
      metrics: list,
      counted: [],
      read: async () => samples,
    });
    const own = async () =>
      parseMetrics(await registry.text()).samples.filter(({ name }) => name.startsWith('seawall_'));
    expect(await own()).toEqual([]);
    samples = [
      { name: 'seawall_a', value: 2 },
      { name: 'seawall_b_total', value: 7, labels: { x: 'odd "\\\n' } },
    ];
    expect(await own()).toEqual([
      { name: 'seawall_a', labels: {}, value: 2 },
      { name: 'seawall_b_total', labels: { x: 'odd "\\\n' }, value: 7 },
    ]);
    expect((await own()).at(-1)?.value).toBe(7);
    samples = [{ name: 'seawall_b_total', value: 8, labels: { x: 'other' } }];
    expect(await own()).toEqual([{ name: 'seawall_b_total', labels: { x: 'other' }, value: 8 }]);
  });

  test('reads once for all who ask at the same time', async () => {
    let reads = 0;
    const registry = openRegistry<'seawall_a' | 'seawall_b_total'>({
      metrics: list,
      counted: ['seawall_b_total'],
      read: async () => [{ name: 'seawall_a', value: (reads += 1) }],
    });
    registry.count('seawall_b_total', { x: 'y' });
    const [one, other] = await Promise.all([registry.text(), registry.text()]);
    expect([one === other, reads]).toEqual([true, 1]);
    expect(one).toContain('seawall_b_total{x="y"} 1');
  });
});

describe('its listener', () => {
  test('serves three addresses and nothing else, on loopback', async () => {
    let missing: string | undefined;
    const served = await serveMetrics(
      { host: '127.0.0.1', port: 0 },
      { metrics: async () => 'a 1\n', missing: async () => missing, log: silentLog },
    );
    const ask = async (path: string, method = 'GET') => {
      const reply = await fetch(`http://127.0.0.1:${served.port}${path}`, { method });
      return [reply.status, await reply.text()];
    };
    try {
      expect(await ask('/metrics?x=1')).toEqual([200, 'a 1\n']);
      expect(await ask('/healthz')).toEqual([200, '{"status":"alive"}\n']);
      expect(await ask('/readyz')).toEqual([200, '{"status":"ready"}\n']);
      missing = 'database';
      expect(await ask('/readyz')).toEqual([503, '{"status":"not-ready","missing":"database"}\n']);
      for (const path of ['/', '/api/v1/images', '/constructor', '/__proto__']) expect((await ask(path))[0]).toBe(404);
      expect((await ask('/metrics', 'POST'))[0]).toBe(404);
      const taken = serveMetrics(
        { host: '127.0.0.1', port: served.port },
        { metrics: async () => '', missing: async () => undefined, log: silentLog },
      );
      await expect(taken).rejects.toMatchObject({ code: 'port-in-use' });
    } finally {
      await served.close();
    }
  });

  test('a reader that fails is told so, and no more', async () => {
    const fails = async (): Promise<never> => {
      throw new Error('secret');
    };
    const served = await serveMetrics({ host: '::1', port: 0 }, { metrics: fails, missing: fails, log: silentLog });
    const reply = await fetch(`http://[::1]:${served.port}/metrics`);
    expect([reply.status, (await reply.text()).includes('secret')]).toEqual([500, false]);
    await served.close();
  });

  test.each([
    ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
  ])('%s is an address', (written, expected) => expect(metricsAddressOf(written)).toEqual(expected));

  test.each(['9464', ':9464', '127.0.0.1', '127.0.0.1:99999', 'console:9464', '::1:9464', '127.0.0.1:9464/x'])(
    '%s is none',
    (written) => expect(() => metricsAddressOf(written)).toThrow('no address'),
  );

  test('answers others while somebody holds all the connections that there are', async () => {
    const served = await serveMetrics(
      { host: '127.0.0.1', port: 0 },
      { metrics: async () => '', missing: async () => undefined, log: silentLog },
    );
    const held = Array.from({ length: 100 }, () => connect({ host: '127.0.0.1', port: served.port }));
    for (const one of held) one.on('error', () => undefined);
    try {
      await Promise.all(
        held.map((one) => new Promise((resolve) => one.once('connect', resolve).once('close', resolve))),
      );
      const status = await new Promise((resolve, reject) => {
        const asked = {
          host: '127.0.0.1',
          port: served.port,
          path: '/healthz',
          localAddress: '127.0.0.2',
          agent: false,
        };
        get(asked, ({ statusCode }) => resolve(statusCode)).once('error', reject);
      });
      expect(status).toBe(200);
      // Who comes last from the same address is answered, too.
      expect((await fetch(`http://127.0.0.1:${served.port}/healthz`)).status).toBe(200);
    } finally {
      for (const one of held) one.destroy();
      await served.close();
    }
  });
});
