import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { laterRuncPackage } from '../../make/runc-package.ts';
import { builtWrapper } from '../../make/wrapper.ts';
import { expectThat, type LabCase } from '../lab.ts';
import { type Dock, onBoth } from './dock.ts';
import { soundImage } from './images.ts';
import type { Quay } from './quay.ts';

const runc = '/usr/sbin/runc';
const real = '/usr/sbin/runc.seawall-real';
/** Words of `docker run` for a container that stays, and ends at once when it is told to. */
export const sleeping = ['-d', '--network', 'none', '--restart', 'unless-stopped', '--stop-timeout', '0'] as const;

/** Files of the host, but what the product keeps. */
function files({ host }: Quay): readonly string[] {
  return host.differences().filter((line) => !line.startsWith('/var/lib/seawall'));
}

async function isRunning({ engine }: Quay, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const state = (await engine.docker('inspect', '--format', '{{.State.Status}} {{.State.Error}}', name)).stdout;
    expectThat(state.startsWith('running'), `${name} is ${state}`);
  }
}

/** Restarts the containers by the client, then by a new start of the engine. */
async function restartAll(quay: Quay, names: readonly string[]): Promise<void> {
  await quay.engine.must('restart', '-t', '0', ...names);
  await isRunning(quay, ...names);
  await quay.engine.stop();
  await quay.engine.start();
  await isRunning(quay, ...names);
}

/** The gate and what it stands on: its install, upgrades beneath it, its removal. */
export const installCases: readonly LabCase<Dock>[] = [
  onBoth(
    {
      id: 'G1',
      title:
        'containers made before install, under the gate and after remove restart by docker restart and by the engine',
    },
    async (dock, quay) => {
      const { engine } = quay;
      await dock.load(quay, soundImage);
      const before = files(quay);
      await engine.must('run', ...sleeping, '--name', 'before', 'surge/pump:2');
      await dock.install(quay, '--when-broken', 'allow');
      await engine.must('run', ...sleeping, '--name', 'under', 'surge/pump:2');
      await restartAll(quay, ['before', 'under']);
      const runtimes = await engine.must('inspect', '--format', '{{.HostConfig.Runtime}}', 'before', 'under');
      expectThat(/^runc\nrunc$/.test(runtimes), `the runtimes’ names are ${runtimes}`);
      const removed = await quay.gate('remove');
      expectThat(removed.code === 0, removed.stderr);
      await engine.must('run', ...sleeping, '--name', 'after', 'surge/pump:2');
      await restartAll(quay, ['before', 'under', 'after']);
      expectThat(
        JSON.stringify(files(quay)) === JSON.stringify(before),
        `other than before: ${files(quay).join(', ')}`,
      );
      await engine.must('rm', '-f', 'before', 'under', 'after');
      return undefined;
    },
  ),
  onBoth(
    {
      id: 'G2',
      title: 'beside the runtime, shown as partial, the same; a container that runs is ended by its old name',
      shownBy: '`npm test` does both on an engine of its own, in install.test.ts.',
    },
    async (dock, quay) => {
      const { engine } = quay;
      const before = files(quay);
      await dock.install(quay, '--no-divert', '--when-broken', 'allow');
      const { stdout } = await quay.gate('status');
      expectThat(!dock.armed || stdout.startsWith('Wrapper        partial'), stdout);
      await engine.must('run', ...sleeping, '--name', 'beside', 'surge/pump:2');
      await engine.must('run', ...sleeping, '--name', 'staying', 'surge/pump:2');
      const runtime = await engine.must('inspect', '--format', '{{.HostConfig.Runtime}}', 'beside');
      expectThat(!runtime.includes('seawall'), `the runtime’s name is ${runtime}`);
      await quay.gate('remove');
      await engine.must('exec', 'staying', '/bin/sh', '-c', 'exit 0');
      await engine.must('rm', '-f', 'staying');
      await restartAll(quay, ['beside']);
      expectThat(
        JSON.stringify(files(quay)) === JSON.stringify(before),
        `other than before: ${files(quay).join(', ')}`,
      );
      await engine.must('rm', '-f', 'beside');
      return runtime;
    },
  ),
  {
    id: 'G3',
    title: 'the package of runc is upgraded under the gate, and the new one is there when the gate is gone',
    shownBy: '`npm test` does both on an engine of its own, in install.test.ts.',
    protectedBy: 'the gate',
    async run(dock) {
      const [quay] = dock.quays;
      if (quay === undefined) throw new Error('There is no host.');
      const folder = mkdtempSync(join(tmpdir(), 'seawall-runc-'));
      try {
        await dock.install(quay);
        await dock.load(quay, soundImage);
        await quay.engine.must('run', ...sleeping, '--name', 'upgraded', 'surge/pump:2');
        const deb = laterRuncPackage(folder, 'lab');
        await quay.host.must('dpkg', ['-i', deb]);
        const now = hash(quay.host.place(runc));
        expectThat(now === hash(builtWrapper()), `${runc} is no longer the wrapper`);
        expectThat(statSync(quay.host.place(real)).size === statSync(runc).size + 3, `${real} is not the new one`);
        await restartAll(quay, ['upgraded']);
        const status = await quay.gate('status');
        expectThat(status.stdout.startsWith('Wrapper        installed'), status.stdout);
        await quay.gate('remove');
        expectThat(statSync(quay.host.place(runc)).size === statSync(runc).size + 3, `${runc} is not the new one`);
        const verified = await quay.host.run('dpkg', ['--verify', 'runc']);
        expectThat(verified.stdout === '', `dpkg says ${verified.stdout}`);
        await restartAll(quay, ['upgraded']);
        return await quay.host.must('dpkg-query', ['--show', 'runc']);
      } finally {
        await quay.engine.docker('rm', '-f', 'upgraded');
        rmSync(folder, { recursive: true });
      }
    },
  },
  {
    id: 'G4',
    title: 'gate status tells by the engine’s package what is known against it: nothing that Debian mended',
    async run({ quays }) {
      const [quay] = quays;
      if (quay === undefined) throw new Error('There is no host.');
      const { stdout } = await quay.gate('status', '--format', 'json');
      const { engine, problems } = JSON.parse(stdout) as {
        engine: { version: string; package?: string; safe: boolean; cases: string[]; unknown: string[] };
        problems: string[];
      };
      const shown = await quay.host.must('dpkg-query', ['--show', '--showformat', '${Version}', 'docker.io']);
      expectThat(engine.package?.startsWith(`docker.io ${shown.trim()} of `) === true, stdout);
      expectThat(engine.safe && engine.cases.length === 0 && engine.unknown.length === 0, stdout);
      expectThat(!problems.some((one) => one.includes('29.3.1')), stdout);
      return `Docker ${engine.version}, ${engine.package}: safe`;
    },
  },
];

function hash(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
