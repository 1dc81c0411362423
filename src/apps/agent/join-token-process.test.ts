import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAgents } from '#link/console/index.ts';
import { startTestLink, type TestLink } from '#link/console/testing.ts';

const main = join(import.meta.dirname, '../cli/main.ts');
const soon = { timeout: 30_000, interval: 100 };
let link: TestLink;
const agents: ChildProcess[] = [];
beforeAll(async () => {
  link = await startTestLink();
});
afterAll(async () => {
  for (const agent of agents) agent.kill('SIGKILL');
  await link.close();
});

async function start(host: string, words: readonly string[]) {
  const state = await link.newFolder();
  const fixed = ['agent', '--console', link.url, '--state', state, '--host-name', host, '--no-local-scan'];
  const agent = spawn(process.execPath, [main, ...fixed, ...words], {
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: join(state, 'cache') },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  agents.push(agent);
  let said = '';
  agent.stderr.on('data', (text: Buffer) => void (said += text.toString()));
  return { agent, said: () => said };
}

const joined = async (host: string) => (await readAgents(link.store)).some(({ name }) => name === host);

test('a join token that comes on standard input is in no list of processes', async () => {
  const { agent, said } = await start('pier-1', ['--token-file', '-', '--until-input-ends']);
  const token = await link.token();
  agent.stdin.write(`${token}\n`);
  await expect.poll(() => joined('pier-1'), soon).toBe(true);
  for (const file of ['cmdline', 'environ'])
    expect(readFileSync(`/proc/${agent.pid}/${file}`, 'utf8')).not.toContain('seawall-join_');
  expect(said()).not.toContain('list of processes');
  expect(agent.exitCode).toBe(null);
  agent.stdin.end();
  await expect.poll(() => agent.exitCode, soon).toBe(0);
});

test('one that is given as an argument is taken with a warning', async () => {
  const { agent, said } = await start('pier-2', ['--token', await link.token()]);
  await expect.poll(() => joined('pier-2'), soon).toBe(true);
  expect(said()).toContain('Every user of this host sees the join token');
  agent.kill('SIGTERM');
  await expect.poll(() => agent.exitCode, soon).toBe(0);
});
