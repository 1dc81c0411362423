import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestEngine, startableStores, startTestEngine } from '../make/docker.ts';
import { buildGuardTry, type GuardTry, startGuardTry } from './guard-try.ts';
import { hasPrograms, programsImage } from './programs.ts';

const stores = startableStores();
const canRun = stores.length > 0 && hasPrograms() && buildGuardTry();
const cgroup = 77;
const refused = 'Operation not permitted';

describe.runIf(canRun).each(stores)('the guard of a container whose image is in the %s store', (store) => {
  let engine: TestEngine;
  let guard: GuardTry;
  let merged = '';
  let root = '';

  const docker = (...words: readonly string[]) =>
    execFileSync('docker', ['--host', `unix://${engine.socket}`, ...words], { encoding: 'utf8' }).trim();
  const inside = (script: string) => {
    const words = ['--host', `unix://${engine.socket}`, 'exec', 'guarded', '/bin/sh', '-c', script];
    const { stdout, stderr } = spawnSync('docker', words, { encoding: 'utf8' });
    return stdout + stderr;
  };

  beforeAll(async () => {
    engine = await startTestEngine({ store, driver: 'overlay2' });
    await engine.load(programsImage('programs:1').bytes);
    docker(
      'run',
      '-d',
      '--name',
      'guarded',
      '--network',
      'none',
      '--tmpfs',
      '/x:exec',
      'programs:1',
      '/bin/sleep',
      '9999',
    );
    root = `/proc/${docker('inspect', '--format', '{{.State.Pid}}', 'guarded')}/root`;
    merged = store === 'docker' ? docker('inspect', '--format', '{{.GraphDriver.Data.MergedDir}}', 'guarded') : root;
    guard = await startGuardTry('prevent', '200');
    await guard.send(`mark ${merged} ${cgroup}`);
    await guard.send(`mount ${root}/x ${cgroup}`);
  });
  beforeEach(() => guard?.forgetEvents());
  afterAll(async () => {
    await guard?.stop();
    spawnSync('docker', ['--host', `unix://${engine.socket}`, 'rm', '-f', 'guarded']);
    await engine?.stop();
  });

  it('lets the programs and code of the image run, and says nothing', async () => {
    expect(inside('id; ls /app; perl /app/main.pl; ls /app')).toContain('image\n');
    expect(guard.events).toEqual([]);
  });

  it('refuses a program that was copied, and tells what it is', async () => {
    expect(inside('cp /usr/bin/ls /bin/other; /bin/other')).toContain(refused);
    const { size } = statSync('/usr/bin/ls');
    const event = await guard.event(({ path }) => path === '/bin/other');
    expect(event).toMatchObject({ kind: 1, cgroup, verdict: 2, origin: 2, program: '/usr/bin/busybox', size });
  });

  it.each([
    ['changed', 'cp /bin/cp /bin/cp2; printf x >>/bin/cp2; /bin/cp2'],
    ['renamed', 'cp /usr/bin/ls /usr/bin/l1; mv /usr/bin/l1 /usr/bin/l2; /usr/bin/l2'],
    ['on a tmpfs', 'cp /usr/bin/ls /x/ls; /x/ls'],
  ])('refuses a program that is %s', (_, script) => {
    expect(inside(script)).toContain(refused);
  });

  it('names a script, which is a question before its interpreter', async () => {
    expect(inside('printf "#!/bin/sh\\nid\\n" >/tmp/s; chmod +x /tmp/s; /tmp/s')).toContain(refused);
    expect(await guard.event(({ path }) => path === '/tmp/s')).toMatchObject({ kind: 1, role: 2 });
  });

  it('refuses new code to an interpreter, and names who wrote it', async () => {
    expect(inside('echo "print 1" >/tmp/a.pl; perl /tmp/a.pl')).toContain(refused);
    const event = await guard.event(({ path }) => path === '/tmp/a.pl');
    expect(event).toMatchObject({ kind: 2, code: 3, program: '/usr/bin/perl', writer: '/usr/bin/busybox', flags: 0 });
  });

  it('refuses what an interpreter is told to run, whatever its name, and lets it read data', () => {
    expect(inside('echo "print 2" >/tmp/data; cat /tmp/data; perl /tmp/data')).toMatch(/print 2[^]*not permitted/);
    expect(inside('echo text >/tmp/words; perl -ne "print" /tmp/words')).toContain('text');
  });

  it('refuses to run what was read as data before', () => {
    const script = `printf 'print 5; exit;\\n\\0' >/tmp/nul; cat /tmp/nul >/dev/null`;
    expect(inside(`${script}; perl /tmp/nul`)).toContain(refused);
  });

  it.each([
    ['begins like a library', `printf '\\177ELF............\\003\\necho ran\\n' >/tmp/elf; sh /tmp/elf`],
    ['its own interpreter wrote', `perl -e 'open F, ">/tmp/own"; print F "print q(ran); exit;\\n\\0"'; perl /tmp/own`],
    ['has the end of a library', `perl -e 'open F, ">/tmp/own.so"; print F "print q(ran);\\n"'; perl /tmp/own.so`],
    [
      'looks like byte code',
      `perl -e 'open F, ">/tmp/own.pyc"; print F "#a\\r\\nprint q(ran); exit;\\n\\0"'; perl /tmp/own.pyc`,
    ],
    [
      'looks like a class',
      `perl -e 'open F, ">/tmp/own.pl"; print F "\\xca\\xfe\\xba\\xbe\\n#!perl\\nprint q(ran);\\n"'; perl -x /tmp/own.pl`,
    ],
  ])('refuses a script that %s', (_, script) => {
    const said = inside(script);
    expect(said).not.toMatch(/^ran/mu);
    expect(said).toMatch(/not permitted/u);
  });

  it('refuses code that was of the image and was changed after it was opened', () => {
    expect(inside('perl /app/main.pl')).toBe('image\n');
    expect(inside('echo "print 3;" >>/app/main.pl; perl /app/main.pl')).toContain(refused);
  });

  it('refuses a library to the loader, and lets it be copied', async () => {
    const library = '$(ls /lib/x86_64-linux-gnu/libcrypt.so.1)';
    const said = inside(
      `cp ${library} /tmp/e.so && cp /tmp/e.so /tmp/f.so && LD_PRELOAD=/tmp/f.so /usr/bin/ls /app; true`,
    );
    expect(said).toContain('cannot be preloaded');
    expect(said).toContain('main.pl');
    expect(await guard.event(({ path }) => path === '/tmp/f.so')).toMatchObject({ kind: 2, code: 1, verdict: 2 });
    expect(guard.events.some(({ path }) => path === '/tmp/e.so')).toBe(false);
  });

  it('marks neither the root of the host nor a place where nothing is mounted', async () => {
    expect(await guard.send('mark / 1')).toContain('cross-device');
    expect(await guard.send(`mark ${engine.root} 1`)).toContain('cross-device');
    expect(await guard.send(`mount ${root}/etc 1`)).toContain('cross-device');
  });

  it('lets go of a container when it hangs itself, tells it, and guards again', async () => {
    await guard.send('hang 4000');
    const started = performance.now();
    expect(inside('ls /app')).toContain('main.pl');
    expect(performance.now() - started).toBeLessThan(3500);
    expect(await guard.event(({ kind }) => kind === 3)).toBeDefined();
    expect(inside('cp /usr/bin/ls /tmp/again; /tmp/again')).toContain(refused);
  });

  it('holds a program that is allowed by its hash until it is hashed', async () => {
    const [sum = ''] = execFileSync('sha256sum', ['/usr/bin/ls'], { encoding: 'utf8' }).split(' ');
    await guard.stop();
    guard = await startGuardTry('prevent', '2000', sum);
    await guard.send(`mark ${merged} ${cgroup}`);
    expect(inside('cp /usr/bin/ls /tmp/allowed; /tmp/allowed /app')).toContain('main.pl');
    expect(inside('cp /usr/bin/perl /tmp/not; /tmp/not -v')).toContain(refused);
  });

  it('lets everything run when it ends', async () => {
    await guard.stop();
    expect(inside('cp /usr/bin/ls /tmp/free; /tmp/free /app')).toContain('main.pl');
  });
});
