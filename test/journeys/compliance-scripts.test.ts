import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { lastComplianceRule, listComplianceRules, putComplianceRule, putCustomCheck } from '#compliance/contract.ts';
import { call, type CallOptions } from '#http/index.ts';
import { dockerArchive } from '../make/image.ts';
import { apkInstalled, osRelease } from '../make/packages.ts';
import { makeTar } from '../make/tar.ts';
import { layOutAlpineDatabase } from './make-scan.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { type Run, runSeawall } from './seawall.ts';

/* A check by a script over the files of an image: an administrator writes it, the scan of a build runs it. */

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const folder = mkdtempSync(join(tmpdir(), 'seawall-compliance-scripts-'));
chmodSync(folder, 0o711);
const { folder: state, remove } = makeStateFolder();
const archive = join(folder, 'image.tar');
let seawall: RealConsole;
let admin: CallOptions;
let token = '';

beforeAll(async () => {
  const packages = apkInstalled([{ name: 'libbrotlicommon', version: '1.0.9-r0', origin: 'brotli' }]);
  const layer = makeTar([osRelease('alpine', '3.20.3'), packages]);
  const config = { config: { User: '10001:10001' }, created: new Date().toISOString() };
  writeFileSync(archive, dockerArchive([layer], { names: ['shop/app:1'], config, steps: ['RUN apk add'] }).bytes);
  await layOutAlpineDatabase(state);
  seawall = await startConsole({ state });
  admin = { baseUrl: seawall.origin, token: await newToken(state, 'rules', 'administrator') };
  token = await newToken(state, 'builds', 'ci');
  const lines = [{ checks: { by: 'check', id: 'custom-motd' }, effect: 'block' }] as const;
  await write('test -e $ROOT/etc/motd || { echo "no one is greeted"; exit 1; }', 0);
  const { rules } = await call(listComplianceRules, {}, admin);
  const basedOn = rules.find((one) => one.rule.id === 'default')?.rule.version ?? 0;
  const rule = { ...lastComplianceRule, lines, notAssessed: 'block' };
  await call(putComplianceRule, { params: { id: 'default' }, body: { rule: rule as never, basedOn } }, admin);
});
afterAll(async () => {
  await seawall?.end('SIGTERM');
  remove();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function write(script: string, basedOn: number): Promise<void> {
  const about = { title: 'It greets', why: 'So that people know it.', remedy: { dockerfile: 'COPY motd /etc/motd' } };
  const check = { ...about, subject: 'image' as const, severity: 'high' as const, script };
  await call(putCustomCheck, { params: { id: 'custom-motd' }, body: { check, basedOn } }, admin);
}

const there = (): readonly string[] => ['--console', seawall.origin, '--token', token];
const run = async (...words: readonly string[]): Promise<Run> => await runSeawall(words, { env: environmentOf(state) });
const scan = async (...words: readonly string[]): Promise<Run> =>
  await run('scan', '--input', archive, '--no-cache', ...words);

test('a scan that may not run it has no answer, which is no pass', async () => {
  const { code, stdout } = await scan(...there());
  expect([code, stdout.replaceAll(/\s+/g, ' ')]).toEqual([1, expect.stringContaining('it needs --allow-scripts')]);
});

test('without a console there is no script to run', async () => {
  const { code, stderr } = await scan('--allow-scripts');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/--allow-scripts needs a console/)]);
});

test('it fails a build by what it says, and passes one by its next version', async () => {
  const fails = await scan(...there(), '--allow-scripts');
  expect([fails.code, fails.stdout]).toEqual([1, expect.stringContaining('no one is greeted')]);
  await write('grep -q brotli $ROOT/lib/apk/db/installed', 1);
  expect((await scan(...there(), '--allow-scripts')).code).toBe(0);
  const words = ['compliance', 'image', `archive:${archive}`, '--allow-scripts', '--format', 'json', ...there()];
  expect(JSON.parse((await run(...words)).stdout).compliance).toContainEqual(
    expect.objectContaining({ id: 'custom-motd', status: 'pass' }),
  );
});
