import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestEngine, startableStores, startTestEngine } from '../make/docker.ts';
import { buildGuardTry, type GuardTry, startGuardTry } from './guard-try.ts';
import { hasPrograms, programsImage } from './programs.ts';

const canRun = startableStores().includes('docker') && hasPrograms() && buildGuardTry();

describe.runIf(canRun)('code that a command line names', () => {
  let engine: TestEngine;
  let guard: GuardTry;

  const docker = (...words: readonly string[]) =>
    execFileSync('docker', ['--host', `unix://${engine.socket}`, ...words], { encoding: 'utf8' }).trim();
  const inside = (script: string) => {
    const words = ['--host', `unix://${engine.socket}`, 'exec', 'guarded', '/bin/sh', '-c', script];
    const { stdout, stderr } = spawnSync('docker', words, { encoding: 'utf8' });
    return stdout + stderr;
  };

  beforeAll(async () => {
    engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
    // It opens its last word and prints what it reads, whatever its other words are.
    const reads = join(import.meta.dirname, '../../native/build/test/open-32bit');
    await engine.load(programsImage('programs:1', { added: { '/usr/bin/java': reads } }).bytes);
    docker('run', '-d', '--name', 'guarded', '--network', 'none', 'programs:1', '/bin/sleep', '9999');
    const root = `/proc/${docker('inspect', '--format', '{{.State.Pid}}', 'guarded')}/root`;
    guard = await startGuardTry('prevent', '200');
    await guard.send(`mark ${root} 1`);
    await guard.send(`mount ${root}/etc/hosts 1`);
    inside('echo "print qq(ran\\n)" >/tmp/evil; echo words >/tmp/data; ln -s /tmp/evil /tmp/link');
    inside('ln -s /proc/self/fd /tmp/files');
  }, 60_000);
  beforeEach(() => guard?.forgetEvents());
  afterAll(async () => {
    await guard?.stop();
    spawnSync('docker', ['--host', `unix://${engine?.socket}`, 'rm', '-f', 'guarded']);
    await engine?.stop();
  });

  it.each([
    ['by its name', 'perl /tmp/evil'],
    ['behind an option whose value is a file', 'perl -I /app/main.pl /tmp/evil'],
    [
      'behind more words than a page holds',
      'perl $(for i in 1 2 3 4; do printf -- "-I/%.0300d " 1 2 3 4 5; done) /tmp/evil',
    ],
    ['by a link', 'perl /tmp/link'],
    ['found by PATH', 'PATH=/tmp:$PATH; chmod +x /tmp/evil; cd /app; perl -S evil'],
    ['as an open file', 'perl /proc/self/fd/3 3</tmp/evil'],
    ['as an open file of /dev', 'sh /dev/fd/3 3</tmp/evil'],
    ['as an open file behind a link', 'perl /tmp/files/3 3</tmp/evil'],
    ['as an open file of another process', 'sleep 5 3</tmp/evil & sleep 1; perl /proc/$!/fd/3'],
    ['below the root of a process', 'perl /proc/self/root/tmp/link'],
    ['below its working directory', 'cd /tmp; perl /proc/self/cwd/evil'],
    ['to a shell', 'sh -e /tmp/evil'],
    ['on a class path', 'java -cp /a:/tmp/evil Main /tmp/evil'],
    ['on the boot class path', 'java -Xbootclasspath/a:/tmp/evil Main /tmp/evil'],
    ['on the class path of the environment', 'CLASSPATH=/a:/tmp/link java Main /tmp/evil'],
    ['in options of the environment', 'JAVA_TOOL_OPTIONS="-javaagent:/tmp/evil=x" java Main /tmp/evil'],
    ['in a file of arguments', 'java @/tmp/link Main /tmp/evil'],
  ])('is refused: %s', async (_, script) => {
    expect(inside(script)).not.toMatch(/ran|print/u);
    const event = await guard.event(({ path, kind }) => kind === 2 && path === '/tmp/evil');
    expect(event).toMatchObject({ verdict: 2 });
  });

  it.each([
    ['that the command line names', '/tmp/one', 'perl /tmp/one'],
    ['by the end of its name', '/tmp/one.pl', `perl -e 'do "/tmp/one.pl"; print $!'`],
  ])('is refused %s, while that file changes places with another', (_, path, run) => {
    // Each of both is asked about when the other lies there already.
    const exchange = `$a = "${path}"; $b = "/tmp/two"; syscall(316, -100, $a, -100, $b, 2) while 1`;
    const change = `perl -e '${exchange}' & changes=$!`;
    // No more than the guard's output has room for until it is read.
    const often = `i=0; while [ $i -lt 30 ]; do ${run} 2>&1; i=$((i+1)); done; kill $changes`;
    const said = inside(`cp /tmp/evil ${path}; cp /tmp/evil /tmp/two; ${change}; ${often}`);
    expect(said).not.toContain('ran');
    expect(said.match(/not permitted/gu)).toHaveLength(30);
  });

  it.each([
    ['of a script of the image', 'perl /app/main.pl /tmp/data'],
    ['of a program that is one line', 'perl -ne print /tmp/data'],
    ['of a Java program', 'java -cp /app Main /tmp/data'],
    ['of a Java archive', 'java -jar /app/main.jar /tmp/data'],
  ])('is no data: %s', (_, script) => {
    expect(inside(script)).toMatch(/words|image/u);
    expect(guard.events).toEqual([]);
  });

  it('is refused where it is mounted as a file', async () => {
    inside('sh /etc/hosts');
    expect(await guard.event(({ path }) => path === '/etc/hosts')).toMatchObject({ kind: 2, verdict: 2 });
  });
});
