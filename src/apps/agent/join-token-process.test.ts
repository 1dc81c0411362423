import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linkSchema, readAgents } from '#link/console/index.ts';
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

async function start(host: string, words: readonly string[], folder?: string) {
  const state = folder ?? (await link.newFolder());
  const fixed = ['agent', '--console', link.url, '--state', state, '--host-name', host, '--no-local-scan'];
  const agent = spawn(process.execPath, [main, ...fixed, ...words], {
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: join(state, 'cache') },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  agents.push(agent);
  let said = '';
  agent.stderr.on('data', (text: Buffer) => void (said += text.toString()));
  return { agent, state, said: () => said };
}

async function end(agent: ChildProcess): Promise<void> {
  agent.kill('SIGTERM');
  await expect.poll(() => agent.exitCode, soon).toBe(0);
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
  await end(agent);
});

test('an agent that its console lost says so, joins again by a new token, and works on without one', async () => {
  const host = 'pier-3';
  const lose = async () => await sql`delete from link.agent where name = ${host}`.execute(link.store.query(linkSchema));
  const token = await link.token();
  const first = await start(host, ['--token', token]);
  await expect.poll(() => joined(host), soon).toBe(true);
  await lose();
  await expect.poll(first.said, soon).toContain('The console does not know this agent');
  await end(first.agent);
  const usedUp = await start(host, ['--token', token], first.state);
  await expect.poll(usedUp.said, soon).toContain('The join token is wrong, used up, expired or revoked.');
  await expect.poll(usedUp.said, soon).toContain('The console does not know this agent');
  expect([usedUp.agent.exitCode, await joined(host)]).toEqual([null, false]);
  await end(usedUp.agent);
  const again = await start(host, ['--token', await link.token()], first.state);
  await expect.poll(() => joined(host), soon).toBe(true);
  expect(again.said()).not.toContain('does not know');
  await end(again.agent);
});
