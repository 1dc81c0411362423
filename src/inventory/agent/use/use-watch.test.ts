import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog, type SubjectId } from '#base/index.ts';
import { startableStores, startTestEngine, type TestEngine } from '../../../../test/make/docker.ts';
import { jarBytes } from '../../../../test/make/packages.ts';
import { UseFact } from '../../contract.ts';
import { createReporter } from '../reporter.ts';
import { busyboxImage, collect, recordFacts, removeContainer, startContainer, withFolder } from '../testing.ts';
import { UseWatch } from './use-watch.ts';

const hostSubject = 'host:pier-1' as SubjectId;
const never = { pause: 3_600_000, budget: 60_000, again: 3_600_000, repeat: 3_600_000 };
const soon = { timeout: 10_000, interval: 50 };

function watchHost() {
  const facts = recordFacts();
  const reporter = createReporter(facts, silentLog);
  const watch = new UseWatch({ reporter, running: () => [], hostSubject, log: silentLog, pace: never });
  return { watch, facts, files: () => facts.of('use').flatMap(({ files }) => files) };
}

describe('files in use on a host', () => {
  // Not below /tmp, which may lie in memory, where no package does.
  const folder = realpathSync(mkdtempSync(join(import.meta.dirname, 'fixture-')));
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  async function run(program: string, words: readonly string[]): Promise<ChildProcess> {
    const child = spawn(program, words, { stdio: 'ignore' });
    children.push(child);
    await once(child, 'spawn');
    return child;
  }

  test('are told once, also of processes that ran before, and again only when asked for', async () => {
    const program = join(folder, 'program');
    copyFileSync('/bin/sleep', program);
    await run(program, ['1000']);
    const { watch, facts, files } = watchHost();
    await expect.poll(() => watch.pass().then(files), soon).toContain(program.slice(1));
    expect(facts.of('use')[0]).toMatchObject({ subject: hostSubject });
    expect(UseFact.parse(facts.of('use')[0])).toEqual(facts.of('use')[0]);
    expect(facts.of('use')[0]).not.toHaveProperty('container');
    const count = () => files().filter((file) => file === program.slice(1)).length;
    await watch.pass();
    expect(count()).toBe(1);
    watch.repeat();
    await watch.pass();
    expect(count()).toBe(2);
    await watch.close();
  });

  test('are no longer told when they are deleted', async () => {
    const program = join(folder, 'deleted');
    copyFileSync('/bin/sleep', program);
    await run(program, ['1000']);
    rmSync(program);
    const { watch, files } = watchHost();
    await watch.pass();
    expect(files().filter((file) => file.includes('deleted'))).toEqual([]);
    await watch.close();
  });

  test('that did not change cost little', async () => {
    const { watch } = watchHost();
    const first = await watch.pass();
    const second = await watch.pass();
    expect(first.opened).toBeGreaterThan(0);
    expect(second.opened).toBeLessThan(first.opened);
    expect(second.processes).toBeGreaterThan(0);
    await watch.close();
  });

  test('are the archives that a Java machine holds open', async () => {
    const archive = join(folder, 'held.jar');
    writeFileSync(archive, jarBytes({ group: 'g', artifact: 'a', version: '1' }));
    await run('java', [`-Xbootclasspath/a:${archive}`, '-m', 'java.rmi/sun.rmi.registry.RegistryImpl', '0']);
    const { watch, files } = watchHost();
    await expect.poll(() => watch.pass().then(files), soon).toContain(archive.slice(1));
    expect(files().some((file) => file.endsWith('libjvm.so'))).toBe(true);
    await watch.close();
  });
});

describe.each(startableStores())('files in use in containers of the image store of %s', (store) => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine({ store });
    await engine.load(busyboxImage(['shop/box:1']).bytes);
  });
  afterAll(() => engine?.stop());

  test('are those of the image, of containers that ran before the agent too, and none of mounts', async () => {
    await withFolder(async (folder) => {
      copyFileSync('/usr/bin/busybox', join(folder, 'busybox-mounted'));
      const id = await startContainer(engine.socket, { StopTimeout: 1 });
      const other = await startContainer(engine.socket, {
        Cmd: ['/mnt/busybox-mounted', 'sleep', '1000'],
        HostConfig: { Binds: [`${folder}:/mnt`] },
      });
      const { collecting, facts } = collect(engine.socket, { stateFolder: join(folder, 'state') });
      await expect.poll(() => collecting.running().length, soon).toBe(2);
      const reporter = createReporter(facts, silentLog);
      const watch = new UseWatch({ reporter, running: collecting.running, hostSubject, log: silentLog, pace: never });
      await watch.pass();
      const [subject] = collecting.running().map((container) => container.subject);
      const used = facts.of('use').filter(({ container }) => container !== undefined);
      expect(used).toEqual([{ container: id, subject, files: ['bin/busybox'] }]);
      const hostFiles = facts.of('use').flatMap(({ container, files }) => (container === undefined ? files : []));
      expect(hostFiles.filter((file) => file.includes('busybox') || file.includes('mounted'))).toEqual([]);
      await watch.close();
      await collecting.close();
      await removeContainer(engine.socket, id);
      await removeContainer(engine.socket, other);
    });
  });
});
