import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isSubjectId, type SubjectId } from '#base/index.ts';
import { call } from '#http/index.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import { until } from './browser.ts';
import { type HoldingHost, joinHoldingHost } from './holding-host.ts';
import { layOutAlpineDatabase, scanAlpine } from './make-scan.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { runSeawall } from './seawall.ts';

/** A verdict is exported by somebody of the console, and verified by somebody who has the file and the command line. */
const state = makeStateFolder();
const file = join(state.folder, 'verdict.json');
let seawall: RealConsole;
let host: HoldingHost;
let subject: SubjectId;
let token: string;

beforeAll(async () => {
  await layOutAlpineDatabase(state.folder);
  seawall = await startConsole({ state: state.folder });
  token = await newToken(state.folder, 'automat', 'administrator');
  const console = { baseUrl: seawall.origin, token };
  await until(async () => (await call(getDatabase, {}, console)).state === 'ready');
  const scan = await scanAlpine(state.folder, '3.3.0-r0');
  const digest = scan.subject.kind === 'image' ? scan.subject.digest : '';
  if (!isSubjectId(digest)) throw new Error(digest);
  subject = digest;
  host = await joinHoldingHost({ console, name: 'pier-1', environment: 'prod' });
  const images = [{ subject, names: ['app:1'], scan }];
  await host.hold({ images, containers: [{ name: 'app', subject, image: 'app:1' }] });
}, 240_000);
afterAll(async () => {
  await host?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

async function exported(words: readonly string[], by = token) {
  const env = { SEAWALL_CONSOLE: seawall.origin, SEAWALL_TOKEN: by, SEAWALL_STATE: state.folder };
  return await runSeawall(['verdict', 'export', ...words], { env });
}

/** Without console, token and database. */
async function verify(...words: readonly string[]) {
  return await runSeawall(['verdict', 'verify', ...words], { env: { SEAWALL_STATE: join(state.folder, 'other') } });
}

test('is verified by the command that the export prints, and by nothing less', async () => {
  await until(async () => (await exported([subject, '--env', 'prod', '--output', file])).code === 0);
  const { stderr } = await exported([subject, '--env', 'prod', '--output', file]);
  const [, key = ''] = /--key ([0-9a-f]{64})/.exec(stderr) ?? [];
  const whole = await verify(file, '--key', key);
  expect(whole).toMatchObject({ code: 0, stderr: '' });
  expect(whole.stdout).toContain(`The verdict on ${subject} in prod comes out the same, to the byte`);
  expect(await verify(file)).toMatchObject({ code: 3 });
  const other = await verify(file, '--key', '0'.repeat(64));
  expect(other).toMatchObject({ code: 1, stdout: '' });
  expect(other.lastLine).toContain('(other-key)');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('3.3.0-r0', '3.9.0-r0'));
  const changed = await verify(file, '--key', key);
  expect(changed).toMatchObject({ code: 1, stdout: '' });
  expect(changed.lastLine).toContain('(changed)');
});

type Attempt = () => ReturnType<typeof verify>;
const mistakes: readonly (readonly [string, string, Attempt])[] = [
  ['a name', 'docker image inspect', async () => await exported(['app:1', '--env', 'prod'])],
  ['no environment', '--env prod', async () => await exported([subject])],
  [
    'an environment without the image',
    'Name an environment where a host has the image',
    async () => await exported([subject, '--env', 'dev']),
  ],
  [
    'a folder that is not there',
    'Choose another file with --output',
    async () => await exported([subject, '--env', 'prod', '--output', '/nowhere/verdict.json']),
  ],
  ['a token that is none', 'token', async () => await exported([subject, '--env', 'prod'], 'seawall_none')],
  ['no file', 'seawall verdict export', async () => await verify(join(state.folder, 'none.json'))],
  ['a folder', 'seawall verdict export', async () => await verify(state.folder)],
  ['a word as key', '64 hexadecimal digits', async () => await verify(file, '--key', 'harbour')],
];

test.each(mistakes)('says what to do next about %s', async (_, next, attempt) => {
  const run = await attempt();
  expect(run.lastLine).toContain(next);
  expect(run).toMatchObject({ code: 2, stdout: '' });
});

test('says whose token it has to be', async () => {
  const builder = await newToken(state.folder, 'builder', 'ci');
  const run = await exported([subject, '--env', 'prod'], builder);
  expect(run.lastLine).toMatch(/auditor/);
  expect(run).toMatchObject({ code: 2, stdout: '' });
});
