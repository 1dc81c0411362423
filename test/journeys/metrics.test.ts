import { chmodSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMetrics } from '../../src/apps/metrics/testing.ts';
import { call, type CallOptions } from '#http/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { freePort } from '../make/free-port.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';
import { repository } from './seawall.ts';

const state = makeStateFolder();
const linkPort = await freePort();
const metricsPort = await freePort();
let seawall: RealConsole;
let administrator: CallOptions & { readonly token: string };
let host: ReportingHost;
let joinToken = '';

beforeAll(async () => {
  const words = ['--no-local-scan', '--metrics', `127.0.0.1:${metricsPort}`];
  seawall = await startConsole({ state: state.folder, linkPort, words });
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'automat', 'administrator') };
  const body = { name: 'rack 3', uses: 5, environments: ['prod'] };
  joinToken = (await call(createJoinToken, { body }, administrator)).secret;
  host = await joinAsHost({ console: seawall.origin, token: joinToken, name: 'quay-1', environment: 'prod' });
  await host.host();
  await host.stored();
}, 120_000);
afterAll(async () => {
  await host?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

/** Values of a page of metrics, as `name{label values}`. */
async function values(port = metricsPort): Promise<Readonly<Record<string, number>>> {
  const reply = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(reply.headers.get('content-type')).toContain('version=0.0.4');
  const { samples } = parseMetrics(await reply.text());
  return Object.fromEntries(
    samples.map(({ name, labels, value }) => {
      const shown = Object.values(labels).join();
      return [`${name}${shown === '' ? '' : `{${shown}}`}`, value];
    }),
  );
}

const status = async (path: string, headers = {}): Promise<readonly [number, string]> => {
  const reply = await fetch(`${seawall.origin}${path}`, { headers });
  return [reply.status, await reply.text()];
};

describe('the console', () => {
  test('is alive and ready for whoever asks, under any name, and says nothing else', async () => {
    expect(await status('/healthz')).toEqual([200, '{"status":"alive"}']);
    expect(await status('/readyz')).toEqual([200, '{"status":"ready"}']);
  });

  test('serves no metrics on the port of its pages', async () => {
    const [, text] = await status('/metrics');
    expect(text).not.toContain('seawall_');
  });

  test('counts what it answers by route, and agents, sessions and its database as they are', async () => {
    const before = await values();
    const route = 'pages,GET,/healthz';
    for (let count = 0; count < 3; count += 1) await status('/healthz');
    await status('/api/v1/no/such/thing');
    const after = await values();
    const grown = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
    expect(grown(`seawall_http_requests_total{${route},2xx}`)).toBe(3);
    expect(grown(`seawall_http_request_duration_seconds_count{${route}}`)).toBe(3);
    expect(grown('seawall_http_requests_total{pages,GET,none,4xx}')).toBe(1);
    expect(Object.keys(after).join()).not.toMatch(/quay-1|no\/such/);
    expect(after).toMatchObject({
      'seawall_agents{live}': 1,
      'seawall_agents{silent}': 0,
      seawall_sessions: 0,
      seawall_database_up: 1,
      seawall_jobs_failed: 0,
      seawall_tasks_ended_by_limits_total: 0,
    });
    expect(after['seawall_database_bytes']).toBeGreaterThan(1_000_000);
    expect(after['process_resident_memory_bytes']).toBeGreaterThan(10_000_000);
    const batches = Object.keys(after).filter((name) =>
      name.startsWith('seawall_http_requests_total{link,POST,/link/'),
    );
    expect(batches).not.toEqual([]);
    expect(after).not.toHaveProperty('seawall_backup_last_success_timestamp_seconds');
  });

  test('counts an agent that stopped as silent', async () => {
    await host.rest();
    await expect
      .poll(async () => (await values())['seawall_agents{silent}'], { timeout: 60_000, interval: 1000 })
      .toBe(1);
    expect((await values())['seawall_agents{live}']).toBe(0);
    await host.wake();
    await expect.poll(async () => (await values())['seawall_agents{live}'], { timeout: 30_000 }).toBe(1);
  }, 120_000);

  test('is not ready once the file of its key is gone, and ready when it is back', async () => {
    const key = join(state.folder, 'keys/master.key');
    renameSync(key, `${key}.away`);
    const [code, text] = await settled(503);
    expect([code, JSON.parse(text).error.code]).toEqual([503, 'not-ready']);
    expect(JSON.parse(text).error.message).toBe('Not ready: keys.');
    renameSync(`${key}.away`, key);
    expect((await settled(200))[0]).toBe(200);
  });

  async function settled(code: number): Promise<readonly [number, string]> {
    await expect.poll(async () => (await status('/readyz'))[0], { timeout: 10_000, interval: 300 }).toBe(code);
    return await status('/readyz');
  }
});

describe('an agent', () => {
  test('serves its own, and is not ready while its console is away', async () => {
    const port = await freePort();
    const folder = join(state.folder, 'agent-state');
    mkdirSync(folder);
    chmodSync(folder, 0o700);
    const words = [
      'agent',
      '--console',
      `https://127.0.0.1:${linkPort}`,
      '--token',
      joinToken,
      '--environment',
      'prod',
    ];
    const more = ['--host-name', 'quay-2', '--state', folder, '--no-local-scan', '--metrics', `127.0.0.1:${port}`];
    const child = spawn(join(repository, 'bin/seawall'), [...words, ...more], {
      env: { ...environmentOf(state.folder), SEAWALL_CONSOLE: seawall.origin },
      stdio: 'ignore',
    });
    const ended = once(child, 'close');
    try {
      const ready = async () =>
        await fetch(`http://127.0.0.1:${port}/readyz`).then(
          (reply) => reply.status,
          () => 0,
        );
      await expect.poll(ready, { timeout: 30_000, interval: 200 }).toBe(200);
      expect(await values(port)).toMatchObject({
        seawall_agent_link_connected: 1,
        seawall_agent_link_revoked: 0,
        seawall_agent_spool_lost_facts_total: 0,
        seawall_agent_sensor_working: 0,
      });
      await seawall.end('SIGTERM');
      await expect.poll(ready, { timeout: 60_000, interval: 500 }).toBe(503);
      expect((await values(port))['seawall_agent_link_connected']).toBe(0);
      expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  }, 120_000);
});
