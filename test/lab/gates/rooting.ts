import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectThat, type LabCase } from '../lab.ts';
import { type Dock, onBoth } from './dock.ts';
import { soundImage } from './images.ts';
import { sleeping } from './installing.ts';
import type { Quay } from './quay.ts';
import { mustRun } from './starts.ts';

const busybox = '/bin/busybox';

/** A root file system that is no image's. */
function foreignRoot(dock: Dock, { store }: Quay): string {
  const root = join(dock.state, `foreign-${store}`);
  mkdirSync(join(root, 'bin'), { recursive: true });
  for (const one of ['proc', 'dev', 'sys']) mkdirSync(join(root, one), { recursive: true });
  copyFileSync(busybox, join(root, busybox));
  return root;
}

/** By containerd's own client, under this id. Answers what was printed. */
async function byContainerd(quay: Quay, namespace: string, words: readonly string[]): Promise<string> {
  const socket = join(quay.engine.socket, '../exec/containerd/containerd.sock');
  const { stdout, stderr } = await quay.host.run('ctr', ['--address', socket, '--namespace', namespace, ...words]);
  return `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');
}

async function byRuntime(dock: Dock, quay: Quay, id: string): Promise<string> {
  const root = foreignRoot(dock, quay);
  const bundle = join(dock.state, `bundle-${quay.store}`);
  rmSync(bundle, { recursive: true, force: true });
  mkdirSync(bundle);
  const args = [busybox, 'echo', 'foreign content'];
  const namespaces = ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type }));
  const spec = {
    ociVersion: '1.0.2',
    root: { path: root },
    process: { args, cwd: '/', user: { uid: 0, gid: 0 }, noNewPrivileges: true },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: { namespaces },
  };
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(spec));
  const words = ['--root', join(dock.state, `runc-${quay.store}`), 'run', '--bundle', bundle, id];
  const { stdout, stderr } = await quay.host.run('/usr/sbin/runc', words);
  return `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');
}

async function startForeign(dock: Dock, quay: Quay): Promise<void> {
  const root = foreignRoot(dock, quay);
  const id = (await quay.engine.must('create', '--network', 'none', 'surge/pump:2')).trim();
  const run = ['run', '--rm', '--rootfs', root, id, busybox, 'echo', 'foreign content'];
  const ways = [
    ['ctr run', () => byContainerd(quay, 'default', run)],
    ['ctr run in the engine’s namespace', () => byContainerd(quay, 'moby', run)],
    ['runc run', () => byRuntime(dock, quay, id)],
  ] as const;
  try {
    for (const [name, act] of ways) {
      const said = await act();
      expectThat(!said.includes('foreign content'), `${name} starts content of others`);
      expectThat(said.includes('is not that container: its '), `${name} says ${said}`);
    }
  } finally {
    for (const namespace of ['default', 'moby']) await byContainerd(quay, namespace, ['container', 'rm', id]);
    await quay.engine.docker('rm', '-f', id);
  }
}

/** Kinds of ordinary containers. */
const ordinary: readonly (readonly string[])[] = [
  ['--init'],
  ['--read-only', '--tmpfs', '/tmp'],
  ['-v', 'kept:/kept', '-v', '/etc:/host:ro'],
  ['--privileged'],
  ['--pid', 'host', '--userns', 'host'],
  ['--runtime', 'io.containerd.runc.v2'],
];

/** What a container, a program in it, a plugin and a step of a build are is told by what the engine keeps, in ring 2. */
export const rootCases: readonly LabCase<Dock>[] = [
  onBoth(
    {
      id: 'G50',
      title: 'with the id of an allowed container, containerd’s client and the runtime start no content of others',
      protectedBy: 'the gate',
    },
    async (dock, quay) => {
      await dock.load(quay, soundImage);
      for (const more of [[], ['--unknown-engines', 'deny']]) {
        await dock.install(quay, ...more);
        await startForeign(dock, quay);
      }
      await dock.install(quay);
      return undefined;
    },
  ),
  onBoth(
    { id: 'G51', title: 'ordinary containers of all kinds start, restart, and start again with their engine' },
    async (dock, quay) => {
      const { engine } = quay;
      await dock.install(quay);
      await dock.load(quay, soundImage);
      const names: string[] = [];
      for (const words of ordinary) {
        await mustRun(quay, 'surge/pump:2', ...words);
        const name = `kind-${names.length}`;
        await engine.must('run', ...sleeping, '--name', name, ...words, 'surge/pump:2');
        names.push(name);
      }
      await engine.must('restart', '-t', '0', ...names);
      await engine.stop();
      await engine.start();
      const states = await engine.must('inspect', '--format', '{{.State.Status}} {{.State.Error}}', ...names);
      expectThat(
        states
          .trim()
          .split('\n')
          .every((state) => state.startsWith('running')),
        states,
      );
      await engine.must('rm', '-f', ...names);
      return `${names.length} kinds`;
    },
  ),
  {
    id: 'G52',
    title: 'a program is not run privileged in a container where the rule denies that, and runs without',
    protectedBy: 'the gate',
    run: (dock) =>
      onEachWith(dock, { settings: [{ kind: 'privileged', effect: 'block' }] }, async (quay) => {
        const { engine } = quay;
        await engine.must('run', ...sleeping, '--name', 'execed', 'surge/pump:2');
        try {
          await engine.must('exec', 'execed', busybox, 'true');
          const { code, stdout, stderr } = await engine.docker('exec', '--privileged', 'execed', busybox, 'true');
          const said = `${stdout}${stderr}`;
          expectThat(code !== 0 && said.includes('It would run privileged in the container'), `it says ${said}`);
        } finally {
          await engine.docker('rm', '-f', 'execed');
        }
      }),
  },
  {
    id: 'G53',
    title: 'a plugin of the engine does not get the host’s files where the rule denies them',
    protectedBy: 'the gate',
    isLongDisarmed: true,
    run: (dock) =>
      onEachWith(dock, { settings: [{ kind: 'host-paths', deny: ['/etc'], effect: 'block' }] }, async (quay) => {
        await quay.engine.must('plugin', 'create', 'surge/bold', makePlugin(dock, quay));
        const { stdout, stderr } = await quay.engine.docker('plugin', 'enable', '--timeout', '1', 'surge/bold');
        await quay.engine.docker('plugin', 'rm', '-f', 'surge/bold');
        const said = `${stdout}${stderr}`;
        expectThat(said.includes('refused by Seawall') && said.includes('/host'), `it says ${said}`);
      }),
  },
  {
    id: 'G54',
    title: 'no step of a build runs where no builds may, by either builder',
    protectedBy: 'the gate',
    run: (dock) =>
      onEachWith(dock, { builds: 'deny' }, async (quay) => {
        const context = join(dock.state, `context-${quay.store}`);
        mkdirSync(context, { recursive: true });
        writeFileSync(join(context, 'Dockerfile'), `FROM surge/pump:2\nRUN ["${busybox}", "true"]\n`);
        for (const kit of ['0', '1']) {
          const { code, stdout, stderr } = await quay.host.run('env', [
            `DOCKER_HOST=unix://${quay.engine.socket}`,
            `DOCKER_BUILDKIT=${kit}`,
            'docker',
            'build',
            '--no-cache',
            '--network=none',
            context,
          ]);
          const said = `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');
          expectThat(code !== 0 && said.includes('Builds are blocked on this host'), `builder ${kit} says ${said}`);
        }
      }),
  },
];

type Changes = NonNullable<Parameters<Dock['rule']>[0]>;

/** On all hosts one after another, under a rule that is put back. */
async function onEachWith(
  dock: Dock,
  changes: Changes,
  act: (quay: Quay) => Promise<void>,
): Promise<string | undefined> {
  await dock.rule(changes);
  try {
    for (const quay of dock.quays) {
      await dock.install(quay);
      await dock.load(quay, soundImage);
      await act(quay);
    }
  } finally {
    await dock.rule();
  }
  return 'ring 2 denied';
}

function makePlugin(dock: Dock, { store }: Quay): string {
  const folder = join(dock.state, `plugin-${store}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'rootfs/bin'), { recursive: true });
  copyFileSync(busybox, join(folder, 'rootfs', busybox));
  symlinkSync('busybox', join(folder, 'rootfs/bin/sleep'));
  const config = {
    description: 'bold',
    documentation: '',
    entrypoint: ['/bin/sleep', '1000'],
    interface: { types: ['docker.dummy/1.0'], socket: 'x.sock' },
    network: { type: 'none' },
    linux: { capabilities: [] },
    mounts: [{ Source: '/', Destination: '/host', Type: 'bind', Options: ['rbind'] }],
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return folder;
}
