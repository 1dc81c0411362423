import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ImageDigest } from '../../src/base/index.ts';
import { startableStores, startTestEngine, type TestEngine } from '../make/docker.ts';
import { type Listener, listen, makeGate, type TestGate } from '../make/gate.ts';
import { docker } from '../make/program-image.ts';
import { canBuildWrapper } from '../make/wrapper.ts';
import { entry, ledgerOf, settings, willing } from './gated.ts';
import { hasPrograms, programsImage } from './programs.ts';

const canRun = canBuildWrapper() && hasPrograms();
const run = promisify(execFile);
const busybox = '/usr/bin/busybox';

/** What a start came to, and what was printed. */
interface Ended {
  readonly code: number;
  readonly said: string;
}

describe.runIf(canRun).each(startableStores())('ids of containers of an engine, images in its %s store', (store) => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-roots-'));
  const good = programsImage('good:1');
  const tools = join(folder, 'bin');
  const foreign = join(folder, 'foreign');
  let engine: TestEngine;
  let gate: TestGate;
  let listener: Listener;

  beforeAll(async () => {
    mkdirSync(tools);
    for (const one of ['bin', 'usr/bin', 'proc', 'dev', 'sys']) mkdirSync(join(foreign, one), { recursive: true });
    copyFileSync(busybox, join(foreign, busybox));
    engine = await startTestEngine({ store, driver: 'overlay2', path: tools });
    gate = makeGate({ folder, engineRoot: engine.root, runc: '/usr/sbin/runc' });
    copyFileSync(gate.wrapper, join(tools, 'runc'));
    await engine.load(good.bytes);
    const name = (await docker(engine, 'image', 'inspect', '--format', '{{.Id}}', 'good:1')).stdout;
    const known = entry(good.digest as ImageDigest, { aliases: name === good.digest ? [] : [name] });
    gate.ledger({ ledger: ledgerOf([known]), breakGlass: [], settings });
    listener = await listen(gate.socket, willing);
  });
  afterEach(() => {
    gate.configure({ unknownInstance: 'deny' });
    gate.decisions();
  });
  afterAll(async () => {
    await listener.close();
    await engine.stop();
    rmSync(folder, { recursive: true });
  });

  const sleep = [busybox, 'sleep', '1000'] as const;

  async function make(...words: readonly string[]): Promise<string> {
    const { stdout, stderr } = await docker(engine, 'create', '--network', 'none', ...words, 'good:1', ...sleep);
    expect(stdout, stderr).toMatch(/^[0-9a-f]{64}$/);
    return stdout;
  }

  async function ended(program: string, words: readonly string[]): Promise<Ended> {
    const env = { ...process.env, PATH: `${tools}:${process.env['PATH'] ?? ''}` };
    return run(program, [...words], { env, timeout: 60_000 }).then(
      ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
      (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => ({
        code: error.code,
        said: error.stdout + error.stderr,
      }),
    );
  }

  function ctr(namespace: string, ...words: readonly string[]): Promise<Ended> {
    const socket = join(engine.root, '../exec/containerd/containerd.sock');
    return ended('ctr', ['--address', socket, '--namespace', namespace, ...words]);
  }

  function taskFolder(id: string): string {
    return join(engine.root, '../exec/containerd/daemon/io.containerd.runtime.v2.task/moby', id);
  }

  /** A bundle with this root, as `runc spec` writes it. */
  function bundle(name: string, root: string): string {
    const place = join(folder, name);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    expect(spawnSync('/usr/sbin/runc', ['spec'], { cwd: place }).status).toBe(0);
    const file = join(place, 'config.json');
    const { process: first, ...spec } = JSON.parse(readFileSync(file, 'utf8'));
    const args = [busybox, 'echo', 'foreign content'];
    writeFileSync(
      file,
      JSON.stringify({ ...spec, process: { ...first, terminal: false, args }, root: { path: root } }),
    );
    return place;
  }

  const notThat = 'bears the id of a container of the engine and is not that container: ';

  test.each(['default', 'moby'])('start no content of others by containerd’s client in namespace %s', async (name) => {
    const id = await make();
    const { code, said } = await ctr(name, 'run', '--rm', '--rootfs', foreign, id, busybox, 'echo', 'foreign content');
    expect(said).not.toMatch(/^foreign content$/m);
    expect(said.replaceAll(/\s+/g, ' ')).toContain(`${notThat}its root file system is ${foreign}`);
    expect(code).toBeGreaterThan(0);
    expect(gate.decisions()).toMatchObject([{ answer: 'deny', cause: 'not-admitted', image: null, effect: 'block' }]);
    await ctr(name, 'container', 'rm', id);
    await docker(engine, 'rm', '-f', id);
  });

  test('start no bundle from elsewhere, nor one whose root is elsewhere', async () => {
    const id = await make();
    const state = join(folder, 'state/moby');
    const runc = (place: string) => ended(join(tools, 'runc'), ['--root', state, 'run', '--bundle', place, id]);
    const plain = await runc(bundle('plain', foreign));
    expect(plain).toMatchObject({
      code: 1,
      said: expect.stringContaining(`${notThat}its bundle ${folder}/plain is not`),
    });
    const lookalike = await runc(bundle(`io.containerd.runtime.v2.task/moby/${id}`, foreign));
    expect(lookalike).toMatchObject({ code: 1, said: expect.stringContaining(`${notThat}its root file system is`) });
    await docker(engine, 'rm', '-f', id);
  });

  test('start no bundle of a container that runs, nor one on the root of another', async () => {
    const id = await make();
    const other = await make();
    for (const one of [id, other]) expect(await docker(engine, 'start', one)).toMatchObject({ code: 0 });
    const again = ['--root', join(folder, 'state/moby'), 'run', '--bundle', taskFolder(id), id];
    expect(await ended(join(tools, 'runc'), again)).toMatchObject({
      code: 1,
      said: expect.stringContaining(`${notThat}the engine’s container runs already`),
    });
    const { path } = JSON.parse(readFileSync(join(taskFolder(other), 'config.json'), 'utf8')).root;
    const stopped = await make();
    const place = bundle(`io.containerd.runtime.v2.task/moby/${stopped}`, path);
    const swapped = ['--root', join(folder, 'state/moby'), 'run', '--bundle', place, stopped];
    expect(await ended(join(tools, 'runc'), swapped)).toMatchObject({
      code: 1,
      said: expect.stringContaining(`${notThat}its root file system is ${path}`),
    });
    await docker(engine, 'rm', '-f', id, other, stopped);
  });

  test('start nothing on layers that are not the image’s', async () => {
    const id = await make();
    const root = await rootOf(id);
    const layers = join(folder, 'layers');
    for (const one of ['upper', 'work']) mkdirSync(join(layers, one), { recursive: true });
    cpSync(foreign, join(layers, 'lower'), { recursive: true });
    mkdirSync(root, { recursive: true });
    const options = `lowerdir=${layers}/lower,upperdir=${layers}/upper,workdir=${layers}/work`;
    const place = bundle(`io.containerd.runtime.v2.task/moby/${id}`, root);
    const start = () =>
      ended(join(tools, 'runc'), ['--root', join(folder, 'state/moby'), 'run', '--bundle', place, id]);
    expect(await start()).toMatchObject({
      code: 1,
      said: expect.stringContaining(`${notThat}no overlay is mounted at ${root}`),
    });
    await run('mount', ['-t', 'overlay', '-o', options, 'overlay', root]);
    try {
      expect(await start()).toMatchObject({
        code: 1,
        said: expect.stringContaining(`${notThat}its root file system is not laid of the layers of its image`),
      });
    } finally {
      await run('umount', [root]);
    }
    await docker(engine, 'rm', '-f', id);
  });

  test('have the stricter of what containers of no engine and unknown images get', async () => {
    const id = await make();
    const place = bundle('plain', foreign);
    const start = () =>
      ended(join(tools, 'runc'), ['--root', join(folder, 'state/moby'), 'run', '--bundle', place, id]);
    gate.configure({ unknownInstance: 'allow' });
    expect(await start()).toMatchObject({ code: 1 });
    const name = (await docker(engine, 'image', 'inspect', '--format', '{{.Id}}', 'good:1')).stdout;
    const known = entry(good.digest as ImageDigest, { aliases: name === good.digest ? [] : [name] });
    const write = (more: Partial<typeof settings>): void =>
      gate.ledger({ ledger: ledgerOf([known]), breakGlass: [], settings: { ...settings, ...more } });
    write({ unknown: 'allow' });
    expect(await start()).toMatchObject({ code: 0, said: expect.stringContaining('foreign content') });
    expect(gate.decisions().at(-1)).toMatchObject({ answer: 'allow', cause: 'not-admitted', effect: 'alert' });
    write({ unknown: 'allow', settings: 'judged' });
    expect(await start()).toMatchObject({ code: 1 });
    write({ unknown: 'allow' });
    gate.configure({ unknownInstance: 'deny' });
    expect(await start()).toMatchObject({ code: 1 });
    write({});
    await docker(engine, 'rm', '-f', id);
  });

  /** Where the engine mounts it when it starts. */
  async function rootOf(id: string): Promise<string> {
    if (store === 'containerd') return join(engine.root, 'rootfs/overlayfs', id);
    const mount = readFileSync(join(engine.root, 'image/overlay2/layerdb/mounts', id, 'mount-id'), 'utf8');
    return join(engine.root, 'overlay2', mount, 'merged');
  }

  test.each([
    ['plainly', []],
    ['with a first program of the engine’s', ['--init']],
    ['read-only, with folders in memory', ['--read-only', '--tmpfs', '/tmp', '--tmpfs', '/run:rw,size=1m']],
    ['with volumes', ['-v', 'data:/data', '-v', '/etc:/host:ro', '--mount', 'type=volume,target=/anonymous']],
    ['with all rights', ['--privileged']],
    ['with the host’s namespaces', ['--pid', 'host', '--ipc', 'host', '--uts', 'host', '--userns', 'host']],
    ['by the name of a runtime', ['--runtime', 'io.containerd.runc.v2']],
    ['with a restart policy', ['--restart', 'unless-stopped']],
    ['with a command of its own and a health check', ['--health-cmd', 'true', '--health-interval', '1s', '-w', '/new']],
  ])('start %s, again, and after a kill', async (_, words) => {
    const id = await make(...words);
    for (const act of [['start'], ['restart', '-t', '0'], ['stop', '-t', '0'], ['start'], ['kill'], ['start']]) {
      expect(await docker(engine, ...act, id), act.join(' ')).toMatchObject({ code: 0 });
      if (words.includes('--restart') && act[0] === 'kill') await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect((await docker(engine, 'inspect', '--format', '{{.State.Running}}', id)).stdout).toBe('true');
    expect(gate.decisions().filter(({ answer }) => answer !== 'allow')).toEqual([]);
    await docker(engine, 'rm', '-f', '-v', id);
  });

  test('start again by themselves, when they are renamed, copied into, changed, and their image is gone', async () => {
    const name = (await docker(engine, 'commit', await make(), 'gone:1')).stdout;
    const known = entry(name as ImageDigest);
    gate.ledger({ ledger: ledgerOf([known]), breakGlass: [], settings });
    const words = ['--network', 'none', '--restart', 'on-failure:2', 'gone:1', busybox, 'sh', '-c', 'exit 3'];
    const id = (await docker(engine, 'create', ...words)).stdout;
    await docker(engine, 'start', id);
    await expect
      .poll(
        async () => (await docker(engine, 'inspect', '--format', '{{.RestartCount}} {{.State.Status}}', id)).stdout,
        {
          timeout: 20_000,
        },
      )
      .toBe('2 exited');
    expect(gate.decisions().map(({ answer }) => answer)).toEqual(['allow', 'allow', 'allow']);
    await docker(engine, 'cp', busybox, `${id}:/copied`);
    await docker(engine, 'rename', id, 'renamed');
    await docker(engine, 'update', '--memory', '64m', '--memory-swap', '64m', id);
    await docker(engine, 'rmi', '-f', 'gone:1');
    expect(await docker(engine, 'start', 'renamed')).toMatchObject({ code: 0 });
    expect(gate.decisions()[0]).toMatchObject({ answer: 'allow' });
    await docker(engine, 'rm', '-f', 'renamed');
  });
});
