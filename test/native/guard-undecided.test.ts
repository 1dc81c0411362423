import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type TestEngine, startableStores, startTestEngine } from '../make/docker.ts';
import { buildGuardTry, type GuardTry, startFaultyGuardTry } from './guard-try.ts';
import { hasPrograms, programsImage } from './programs.ts';

const canRun = startableStores().includes('docker') && hasPrograms() && buildGuardTry();
const folder = mkdtempSync(join(tmpdir(), 'seawall-fault-'));
const fault = join(folder, 'fault');
const refused = 'Operation not permitted';
const run = promisify(execFile);

describe.runIf(canRun)('what the guard cannot know', () => {
  let engine: TestEngine;
  let guard: GuardTry | undefined;
  let root = '';

  const words = (script: string) => ['--host', `unix://${engine.socket}`, 'exec', 'guarded', '/bin/sh', '-c', script];
  const inside = (script: string) => {
    const { stdout, stderr } = spawnSync('docker', words(script), { encoding: 'utf8' });
    return stdout + stderr;
  };
  const start = async (effect: string, sha256: readonly string[] = []) => {
    guard = await startFaultyGuardTry(fault, effect, '200', ...sha256);
    await guard.send(`mark ${root} 1`);
    return guard;
  };

  beforeAll(async () => {
    writeFileSync(fault, '');
    engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
    const open = join(import.meta.dirname, '../../native/build/test/open-32bit');
    await engine.load(programsImage('programs:1', { added: { '/usr/bin/python3': open } }).bytes);
    const docker = (...given: readonly string[]) =>
      execFileSync('docker', ['--host', `unix://${engine.socket}`, ...given], { encoding: 'utf8' }).trim();
    docker('run', '-d', '--name', 'guarded', '--network', 'none', 'programs:1', '/bin/sleep', '9999');
    root = `/proc/${docker('inspect', '--format', '{{.State.Pid}}', 'guarded')}/root`;
    inside('cp /usr/bin/ls /tmp/dropped');
  }, 60_000);
  afterEach(async () => {
    writeFileSync(fault, '');
    await guard?.stop();
    guard = undefined;
  });
  afterAll(async () => {
    spawnSync('docker', ['--host', `unix://${engine?.socket}`, 'rm', '-f', 'guarded']);
    await engine?.stop();
    rmSync(folder, { recursive: true });
  });

  describe.each(['statx', 'mount'])('with the fault %s', (kind) => {
    it('is asked again for half a second, then refused, and told', async () => {
      const { event } = await start('prevent');
      writeFileSync(fault, kind);
      const started = performance.now();
      expect(inside('/tmp/dropped /app')).toMatch(/operation not permitted/iu);
      expect(performance.now() - started).toBeGreaterThan(450);
      writeFileSync(fault, '');
      expect(await event(({ kind: what }) => what === 3)).toMatchObject({ cgroup: 1 });
      expect(await event(({ kind: what, origin }) => what === 1 && origin === 3)).toMatchObject({ verdict: 2 });
    });

    it('is allowed when it is known in time to be the image’s', async () => {
      const { events } = await start('prevent');
      writeFileSync(fault, kind);
      const asked = run('docker', words('/usr/bin/ls /app'));
      await new Promise((done) => setTimeout(done, 250));
      writeFileSync(fault, '');
      expect((await asked).stdout).toContain('main.pl');
      expect(events.filter(({ verdict }) => verdict === 2)).toEqual([]);
    });

    it('is told and runs where the effect is alert', async () => {
      const { event } = await start('alert');
      writeFileSync(fault, kind);
      expect(inside('/usr/bin/ls /app')).toContain('main.pl');
      writeFileSync(fault, '');
      expect(await event(({ kind: what }) => what === 3)).toBeDefined();
    });
  });

  it('a program whose hash there is no memory to wait for is refused', async () => {
    const [sum = ''] = execFileSync('sha256sum', ['/usr/bin/ls'], { encoding: 'utf8' }).split(' ');
    await start('prevent', [sum]);
    writeFileSync(fault, 'memory');
    expect(inside('/tmp/dropped /app')).toContain(refused);
    writeFileSync(fault, '');
    expect(inside('/tmp/dropped /app')).toContain('main.pl');
  });

  it('nothing is let through for waiting behind a question that took long', async () => {
    const { send } = await start('prevent');
    await send('hang 700');
    const all = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do /tmp/dropped /app & done; wait';
    const said = inside(all);
    expect(said.match(/Operation not permitted/gu)).toHaveLength(12);
    expect(said).not.toContain('main.pl');
  });

  it('code that is opened by a 32-bit call is judged under its own numbers', async () => {
    const { event } = await start('prevent');
    // The program `python3` of this image opens its argument by `int $0x80`.
    inside('echo "print 1" >/tmp/a.py; echo text >/tmp/words');
    expect(inside('/usr/bin/python3 /tmp/a.py; echo code $?')).toBe('code 1\n');
    expect(await event(({ path }) => path === '/tmp/a.py')).toMatchObject({ kind: 2, verdict: 2 });
  });
});
