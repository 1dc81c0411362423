import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../native/build/seawall-script');
const busybox = join(import.meta.dirname, '../../native/build/seawall-busybox');

describe.runIf(existsSync(program) && existsSync(busybox))('a script over the files of an image', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'seawall-script-'));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'etc'));
    writeFileSync(join(folder, 'etc/motd'), 'hello\n');
    symlinkSync('/etc/hostname', join(folder, 'etc/absolute'));
    symlinkSync('../../../../../../etc/hostname', join(folder, 'etc/relative'));
    symlinkSync('/proc/1/environ', join(folder, 'etc/process'));
    writeFileSync(join(folder, 'evil'), '#!/bin/sh\necho ran\n', { mode: 0o4755 });
    spawnSync('mknod', ['-m', '666', join(folder, 'memory'), 'c', '1', '1']);
    spawnSync('mknod', ['-m', '666', join(folder, 'zero'), 'c', '1', '5']);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (script: string) => {
    const begun = performance.now();
    const { status, stdout, stderr } = spawnSync(program, [folder, busybox], { input: script, encoding: 'utf8' });
    return { status, said: stdout, stderr, milliseconds: performance.now() - begun };
  };

  it.each([
    ['grep -q hello $ROOT/etc/motd', 0],
    ['grep -q goodbye $ROOT/etc/motd', 1],
    ['exit 3', 2],
    ['exit 70', 2],
    ['exit 71', 2],
    ['kill -9 $$; exit 0', 0],
  ])('%s ends with %i', (script, status) => {
    expect(run(script).status).toBe(status);
  });

  it('reads them, is nobody, and is told nothing of its host', () => {
    const { said } = run('id -u; id -g; cat $ROOT/etc/motd; ls / /dev; env | sort; ls /etc /proc 2>&1');
    const listed = '/: bin dev root script  /dev: null'.split(' ');
    const variables = ['HOME=/', 'LC_ALL=C', 'PATH=/bin', 'PWD=/', 'ROOT=/root', 'SHLVL=1'];
    const absent = ['/etc', '/proc'].map((path) => `ls: ${path}: No such file or directory`);
    expect(said.split('\n')).toEqual(['65534', '65534', 'hello', ...listed, ...variables, ...absent, '']);
  });

  it.each([
    ['a link out of them', 'cat $ROOT/etc/absolute', "can't open"],
    ['a link that climbs', 'cat $ROOT/etc/relative', "can't open"],
    ['a link to another process', 'cat $ROOT/etc/process', "can't open"],
    ['the memory as a device', 'head -c 1 $ROOT/memory', 'Permission denied'],
    ['a harmless device', 'head -c 1 $ROOT/zero', 'Permission denied'],
    ['a program of the image', '$ROOT/evil', 'Permission denied'],
    ['a change of the image', 'echo x >$ROOT/etc/motd', 'Read-only file system'],
    ['a new file in the image', 'echo x >$ROOT/new', 'Read-only file system'],
    ['a new file elsewhere', 'echo x >/new', 'Read-only file system'],
    ['a change of the applets', 'echo x >/bin/busybox', 'Read-only file system'],
    ['the network', 'busybox wget http://127.0.0.1/', 'Operation not permitted'],
    ['a mount', 'busybox mount -t tmpfs none /root', 'permission denied'],
    ['a way back', 'busybox umount /root', 'Operation not permitted'],
    ['a world of its own', 'busybox unshare -r id', 'Operation not permitted'],
    ['another root', 'busybox chroot /root /evil', 'Operation not permitted'],
    ['the end of others', 'busybox kill -9 -1', 'No such process'],
  ])('is refused %s', (_, script, reason) => {
    const { status, said } = run(`${script} 2>&1`);
    expect(said).toContain(reason);
    expect(said).not.toContain('ran');
    expect(status).not.toBe(0);
  });

  it.each([
    ['a fork bomb', 'b() { b | b & }; b; sleep 60', 71],
    ['a sleeper', 'sleep 60', 71],
    ['one that spins and says nothing', 'exec >/dev/null 2>&1; while :; do :; done', 71],
  ])('%s is ended after 10 s', { timeout: 30_000 }, (_, script, expected) => {
    const { status, milliseconds } = run(script);
    expect(status).toBe(expected);
    expect(milliseconds).toBeLessThan(15_000);
  });

  it('has 16 processes, 64 MiB and 64 KiB of words', () => {
    const many = run('for i in $(seq 40); do sleep 2 & done 2>&1; wait');
    const some = run('i=0; while [ $i -lt 12 ]; do sleep 0 & i=$((i+1)); done; wait; echo done');
    expect([many.said + many.stderr, some.said]).toEqual([expect.stringContaining("can't fork"), 'done\n']);
    expect(run('x=aaaaaaaa; while :; do x=$x$x; done').said).toContain('out of memory');
    const flood = run('while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done');
    expect([flood.status, flood.said.length]).toEqual([72, 65_536]);
    const whole = run('head -c 65536 /root/big 2>/dev/null; printf "%65536s" x');
    expect([whole.status, whole.said.length]).toEqual([0, 65_536]);
  });

  it('leaves no process behind', () => {
    const { status, milliseconds } = run('sleep 47 & sleep 47 & exit 0');
    expect(status).toBe(0);
    expect(milliseconds).toBeLessThan(5_000);
    expect(spawnSync('pgrep', ['-fx', 'sleep 47']).status).toBe(1);
  });

  it('is not run where the kernel does not confine it, and that is said', () => {
    const without = `echo 0 >/proc/sys/user/max_user_namespaces; exec ${program} ${folder} ${busybox}`;
    const { status, stdout, stderr } = spawnSync('unshare', ['-r', 'sh', '-c', without], {
      input: 'echo ran',
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([70, '']);
    expect(stderr).toMatch(/nothing was run, this kernel does not confine it: namespaces/);
  });

  it('is refused where it is empty or too long', () => {
    expect(run('').status).toBe(64);
    expect(run(`exit 0 #${'x'.repeat(65_536)}`).status).toBe(64);
  });
});
