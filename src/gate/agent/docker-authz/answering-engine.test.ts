import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestEngine, type TestEngine } from '../../../../test/make/docker.ts';
import { docker } from '../../../../test/make/program-image.ts';
import { builtAuthorization } from '../../../../test/make/wrapper.ts';
import { engineState } from '../install/gate-status.ts';
import { encodeLedger } from '../ledger/encode-ledger.ts';
import { pluginServer } from './program-status.ts';
import { ledgerOf } from './testing.ts';

describe('an engine that asks', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-asking-'));
  const name = `seawall-trial-${process.pid}`;
  const [plugin, socket, ledger] = [`/run/docker/plugins/${name}.sock`, join(folder, 'a.sock'), join(folder, 'ledger')];
  const children: ChildProcess[] = [];
  let engine: TestEngine;
  let agent: ChildProcess;

  beforeAll(async () => {
    const settings = { environments: [], hold: 0, unknown: 'deny', builds: 'allow', settings: 'judged' } as const;
    const rules = { ledger: ledgerOf([]), breakGlass: [], settings: { ...settings, agentAway: 'deny' } } as const;
    writeFileSync(ledger, encodeLedger(rules));
    const words = ['--listen', plugin, '--agent', socket, '--instance', 'pier', '--ledger', ledger];
    children.push(spawn(builtAuthorization(), words));
    await vi.waitUntil(() => existsSync(plugin), { timeout: 20_000 });
    // The engine comes up with no agent at all.
    engine = await startTestEngine({ store: 'docker', driver: 'overlay2', authorization: name });
    agent = startAgent();
    await vi.waitUntil(() => existsSync(socket), { timeout: 20_000 });
  }, 120_000);
  afterAll(async () => {
    await engine?.stop();
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
    rmSync(plugin, { force: true });
  });

  function startAgent(): ChildProcess {
    const source = `
      const { serveAuthorization } = await import('${join(import.meta.dirname, 'server.ts')}');
      const { testPorts } = await import('${join(import.meta.dirname, 'testing.ts')}');
      const { ports } = testPorts('${engine.socket}', '${engine.root}');
      await serveAuthorization({ kind: 'path', path: '${socket}' }, ports);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], { stdio: 'inherit' });
    children.push(child);
    return child;
  }

  async function timed(...words: readonly string[]): Promise<{ readonly says: string; readonly milliseconds: number }> {
    const began = performance.now();
    const { stdout, stderr } = await docker(engine, ...words);
    return { says: `${stdout}${stderr}`.replaceAll(/\s+/g, ' '), milliseconds: performance.now() - began };
  }

  test('is answered whether the agent works, stands still or is dead', async () => {
    expect(await engineState(engine.socket)).toMatchObject({ authorization: 'on' });
    await expect.poll(async () => (await pluginServer(plugin)) as object).toMatchObject({ agent: 'answers' });
    expect((await timed('volume', 'create', 'one')).says).toContain('one');
    const refused = {
      SIGSTOP: 'the agent of instance pier did not answer in 2 s',
      SIGKILL: 'the agent of instance pier does not run',
    };
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      agent.kill(signal);
      const waiting = Array.from({ length: 10 }, (_, place) => timed('volume', 'create', `never-${place}`));
      for (let round = 0; round < 20; round += 1) {
        const { says, milliseconds } = await timed('ps');
        expect(says).toContain('CONTAINER ID');
        expect(milliseconds).toBeLessThan(1000);
      }
      for (const { says, milliseconds } of await Promise.all(waiting)) {
        expect(says).toContain(refused[signal]);
        expect(milliseconds).toBeLessThan(4000);
      }
      expect((await timed('volume', 'ls', '-q')).says).not.toContain('never');
      expect((await timed('volume', 'rm', 'one')).says).toContain(signal === 'SIGSTOP' ? 'one' : 'no such volume');
      expect(await engineState(engine.socket)).toMatchObject({ authorization: 'on' });
    }
    agent = startAgent();
    await expect
      .poll(async () => (await timed('volume', 'create', 'again')).says, { timeout: 20_000 })
      .toContain('again');
  });
});
