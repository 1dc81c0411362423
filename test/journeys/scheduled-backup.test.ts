import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getHealth } from '#explorer/contract.ts';
import { call } from '#http/index.ts';
import { listIncidents } from '#runtime/contract.ts';
import { parseMetrics } from '../../src/apps/metrics/testing.ts';
import { freePort } from '../make/free-port.ts';
import { until } from './browser.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';

/* A console that backs itself up, and what it says when it cannot. */

const { folder, remove } = makeStateFolder();
const [state, backups, keyFile] = [join(folder, 'state'), join(folder, 'backups'), join(folder, 'key')];
const env = { SEAWALL_BACKUP_DIR: backups, SEAWALL_BACKUP_KEY_FILE: keyFile };
let seawall: RealConsole;
let options: { readonly baseUrl: string; readonly token: string };

beforeAll(async () => {
  mkdirSync(state, { mode: 0o711 });
  mkdirSync(backups);
  writeFileSync(keyFile, 'everybody may read it, which is wrong', { mode: 0o644 });
  seawall = await startConsole({ state, env });
  options = { baseUrl: seawall.origin, token: await newToken(state, 'automat', 'administrator') };
}, 240_000);
afterAll(async () => {
  await seawall?.end('SIGTERM');
  remove();
});

const standing = async () => (await call(getHealth, {}, options)).backups;
const incidents = async (status: 'open' | 'closed') =>
  (await call(listIncidents, { query: {} }, options)).incidents.filter(
    ({ container, state: own }) => container.name === 'backup' && own === status,
  );

test('it fails, says why, and is an incident; nothing is left in the folder', { timeout: 240_000 }, async () => {
  await until(async () => (await standing())?.state === 'failed');
  expect((await standing())?.failed?.reason).toContain('can be read by everyone');
  await until(async () => (await incidents('open')).length === 1);
  expect(readdirSync(backups)).toEqual([]);
});

test('a console that starts on what was mended takes one at once, and closes the incident', {
  timeout: 240_000,
}, async () => {
  await seawall.end('SIGTERM');
  chmodSync(keyFile, 0o600);
  rmSync(join(backups, 'none'), { force: true });
  const port = await freePort();
  seawall = await startConsole({ state, env, words: ['--metrics', `127.0.0.1:${port}`] });
  options = { ...options, baseUrl: seawall.origin };
  await until(async () => (await standing())?.state === 'good');
  const { file, bytes, failed, goodAt = '' } = (await standing()) ?? {};
  expect(readdirSync(backups).map((name) => join(backups, name))).toEqual([file]);
  expect(bytes).toBeGreaterThan(10_000);
  expect(failed).toBeUndefined();
  const { samples } = parseMetrics(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
  const at = samples.find(({ name }) => name === 'seawall_backup_last_success_timestamp_seconds');
  expect(at?.value).toBe(Date.parse(goodAt) / 1000);
  await until(async () => (await incidents('closed')).length === 1);
});
