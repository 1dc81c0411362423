import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bypassRows, type BypassRow } from '#gate/agent/docker-authz/bypass-testing.ts';
import { sendRaw } from '#gate/agent/docker-authz/testing.ts';
import { opensslVulnerability } from '../estate/images.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Dock, RuleSettings } from './dock.ts';
import { vulnerableImage, soundImage } from './images.ts';
import { plugIn } from './plugin.ts';
import type { Quay } from './quay.ts';
import { mustBeRefused, start } from './starts.ts';

const vulnerability = new RegExp(opensslVulnerability);

/** How a way past a gate ends on this engine. */
interface Way {
  readonly id: string;
  readonly title: string;
  /** Not there for a way that the engine does not have. */
  readonly protectedBy?: string;
  readonly isLongDisarmed?: true;
  readonly run: (dock: Dock, quay: Quay) => Promise<string>;
}

/** The settings rules that the recorded requests break. */
const settings: RuleSettings = [
  { kind: 'privileged', effect: 'block' },
  { kind: 'engine-socket', effect: 'block' },
  { kind: 'host-paths', deny: ['/etc'], effect: 'block' },
  { kind: 'host-namespaces', deny: ['pid', 'network'], effect: 'block' },
];

/** Brings the plugin up on the first host: the agent serves it, the engine's settings name it, the engine starts anew. */
async function gated(dock: Dock): Promise<Quay> {
  const [quay] = dock.quays;
  if (quay === undefined) throw new Error('There is no host.');
  if (areGated.has(quay)) return quay;
  await dock.load(quay, vulnerableImage, soundImage);
  await quay.engine.must('tag', 'surge/pump:2', 'box:1');
  // Made before anybody asks: it holds a folder of the host.
  await quay.engine.docker('rm', '-f', 'older');
  await quay.engine.must('create', '--name', 'older', '--network', 'none', '-v', '/etc:/e', 'box:1');
  if (dock.armed) await switchOn(dock, quay);
  areGated.add(quay);
  return quay;
}

const areGated = new WeakSet<Quay>();

async function switchOn(dock: Dock, quay: Quay): Promise<void> {
  await dock.rule({ settings });
  await plugIn(dock, quay);
}

/** Requests that the engine hands to the plugin, each as bytes on its socket: refused, and nothing made. */
async function refusedInRing1(dock: Dock, rows: readonly BypassRow[]): Promise<string> {
  const quay = await gated(dock);
  const link = join(dock.state, 'link');
  rmSync(link, { force: true });
  symlinkSync('/etc', link);
  for (const { what, bytes } of rows) {
    const before = await quay.engine.must('ps', '-aq');
    const { status, text } = await sendRaw(quay.engine.socket, bytes({ link }));
    expectThat(
      status === 403 && text.includes('authorization denied by plugin'),
      `${what} reaches the engine, which answers ${status} ${text.slice(text.indexOf('\r\n\r\n')).trim().slice(0, 200)}`,
    );
    expectThat((await quay.engine.must('ps', '-aq')) === before, `${what} made a container`);
  }
  return `ring 1 denied ${rows.length}`;
}

/** The ways that end at the runtime, or are none on this engine. */
const ownWays: readonly Way[] = [
  {
    id: 'B11',
    title: 'absent: native gRPC on the engine’s socket',
    async run(_, quay) {
      const { text } = await sendRaw(quay.engine.socket, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
      expectThat(!text.startsWith('\0'), 'it speaks HTTP/2');
      return 'the engine does not speak it before 29.2.0';
    },
  },
  {
    id: 'B12',
    title: 'present: containerd’s own client, with no engine between',
    protectedBy: 'the gate',
    async run(dock, quay) {
      await dock.install(quay, '--authorization', '--unknown-engines', 'deny');
      try {
        return await byContainerd(dock, quay);
      } finally {
        await dock.install(quay, '--authorization');
      }
    },
  },
  {
    id: 'B13',
    title: 'present: a restart policy starts with the engine and without a request',
    protectedBy: 'the gate',
    isLongDisarmed: true,
    async run(dock, quay) {
      const { engine } = quay;
      const always = ['-d', '--network', 'none', '--restart', 'always', '--stop-timeout', '0'] as const;
      try {
        await dock.rule({ settings, fail: 'ignore' });
        await until(
          'a start while the rule allows it',
          async () => {
            await engine.docker('rm', '-f', 'policy');
            return (await engine.docker('run', ...always, '--name', 'policy', 'surge/pump:1')).code === 0;
          },
          { seconds: 20 },
        );
        await dock.rule({ settings });
        const isRefused = async () => (await start(quay, 'surge/pump:1')).code !== 0;
        if (dock.armed) await until('a refusal', isRefused, { seconds: 20 });
        await engine.stop();
        await engine.start();
        const state = await engine.must('inspect', '--format', '{{.State.Running}} {{.State.Error}}', 'policy');
        expectThat(
          state.startsWith('false') && state.includes('refused by Seawall'),
          `it starts with the engine: ${state}`,
        );
        return 'ring 2 denied';
      } finally {
        await engine.docker('rm', '-f', 'policy');
      }
    },
  },
  {
    id: 'B18',
    title: 'present: the plugin taken out of the engine’s settings',
    protectedBy: 'the gate',
    isLongDisarmed: true,
    async run(_, quay) {
      const file = quay.host.place('/etc/docker/daemon.json');
      const { stdout } = await quay.host.run('cat', ['/etc/docker/daemon.json']);
      const { 'authorization-plugins': _plugins, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
      writeFileSync(file, JSON.stringify({ ...rest, 'authorization-plugins': [] }));
      try {
        process.kill(quay.engine.pid(), 'SIGHUP');
        await until(
          'an engine that asks no plugin',
          async () => (await quay.gate('status')).stdout.includes('Authorization  off'),
          { seconds: 10 },
        );
        await mustBeRefused(quay, 'surge/pump:1', vulnerability);
        return 'ring 2 denied';
      } finally {
        writeFileSync(file, stdout);
        await quay.engine.stop();
        await quay.engine.start();
      }
    },
  },
];

/** `ctr` starts through the same runtime's program, of an engine that the host's rule speaks for. */
async function byContainerd(dock: Dock, quay: Quay): Promise<string> {
  const socket = join(quay.engine.socket, '../exec/containerd/containerd.sock');
  const root = join(dock.state, 'ctr-root');
  mkdirSync(root, { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'busybox'));
  const words = ['--address', socket, 'run', '--rm', '--rootfs', root, `ctr-${Date.now()}`, '/busybox', 'true'];
  const { code, stderr, stdout } = await quay.host.run('ctr', words);
  expectThat(code !== 0 && `${stderr}${stdout}`.includes('Seawall'), `ctr ended with ${code}: ${stderr}${stdout}`);
  return 'ring 2 denied';
}

const byId = Map.groupBy(bypassRows, ({ id }) => id);

const recorded: readonly LabCase<Dock>[] = [...byId].map(([id, rows]) => ({
  id,
  title: `${rows.map(({ what }) => what).join(', ')}`,
  protectedBy: 'the authorization plugin',
  run: (dock) => refusedInRing1(dock, rows),
}));

/** Each known way past a Docker host's gates. */
export const bypassCases: readonly LabCase<Dock>[] = [
  ...recorded.filter(({ id }) => /^B\d/.test(id) && id !== 'B13'),
  ...ownWays.map((way) => ({
    ...way,
    run: async (dock: Dock): Promise<string> => await way.run(dock, await gated(dock)),
  })),
].toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
