import { listAdmissionRules, putAdmissionRule } from '#admission/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { boxImage, filesOf, type PackageHost } from './package-host.ts';
import type { Deployment } from './world.ts';

const bySensor = 'the sensor with a rule that prevents';
const byGate = 'the gate with a rule that blocks unknown images';
/** Copies a program of the image to a place of its own, and changes it. */
const dropIt = 'mkdir -p /tmp && cp /bin/busybox /tmp/busybox && echo >>/tmp/busybox || exit 99';
/** Runs what was dropped. */
const drop = `${dropIt}; /tmp/busybox touch /mark/ran`;
/** The same again and again, until somebody leaves a word. Prints how often. */
const storm = `${dropIt}; n=0; while [ ! -e /mark/stop ]; do /tmp/busybox touch /mark/ran 2>/dev/null; n=$((n+1)); done; echo $n`;
/** Emulated, everything takes ten times as long, and this machine may be busy besides. */
const minutes = 25;
const units = ['seawall-agent.service', 'seawall-sensor@default.service'] as const;

/** The machine with its agent at work. */
async function joined(world: Deployment): Promise<PackageHost> {
  const host = await world.packageHost();
  if ((await host.run('test', '-e', '/usr/lib/seawall')).code !== 0) await host.install('seawall');
  if ((await host.run('test', '-e', '/etc/seawall/agent.conf')).code !== 0) await host.join();
  await host.isHeard(new Date());
  return host;
}

/** A container that is protected, as far as the agent watches. */
async function protectedServer(world: Deployment, name: string): Promise<PackageHost> {
  const host = await joined(world);
  if ((await host.run('docker', 'inspect', name)).code !== 0) await host.server(name);
  if (world.armed) await host.shown(name, ({ state }) => state === 'protected');
  await host.wasMarked();
  return host;
}

async function mustBeRefused(host: PackageHost, name: string): Promise<void> {
  const { code } = await host.run('docker', 'exec', name, '/bin/busybox', 'sh', '-c', drop);
  expectThat(code !== 99, `nothing could be dropped in ${name}`);
  expectThat(!(await host.wasMarked()) && code !== 0, `a dropped program ran in ${name}`);
}

/** Installs a package while dropped programs are started one after another; answers how many were. */
async function inStorm(host: PackageHost, work: () => Promise<unknown>): Promise<number> {
  const going = host.machine.run(['docker', 'exec', 'web', '/bin/busybox', 'sh', '-c', storm], {
    limit: minutes * 60_000,
  });
  going.catch(() => undefined); // it is waited for below
  try {
    await work();
  } finally {
    await host.must('touch', '/root/marks/stop');
  }
  const { code, stdout } = await going;
  expectThat(code !== 99, 'nothing could be dropped');
  const tries = Number(stdout.trim());
  await host.must('rm', '/root/marks/stop');
  expectThat(!(await host.wasMarked()), `a dropped program ran, in ${tries} tries`);
  expectThat(tries > 5, `the storm had ${tries} tries`);
  return tries;
}

async function pidOf(host: PackageHost, unit: string): Promise<string> {
  const text = await host.must('systemctl', 'show', '--property=MainPID,ActiveState,NRestarts', unit);
  expectThat(/^ActiveState=active$/m.test(text), `${unit}: ${text}`);
  return /^MainPID=(\d+)$/m.exec(text)?.[1] ?? '';
}

async function isRunning(host: PackageHost, name: string): Promise<boolean> {
  return (await host.run('docker', 'inspect', '-f', '{{.State.Running}}', name)).stdout.trim() === 'true';
}

/** Seconds after the start of the kernel at which a unit was up. */
async function startedAt(host: PackageHost, unit: string): Promise<number> {
  const text = await host.must('systemctl', 'show', '--property=ActiveEnterTimestampMonotonic', '--value', unit);
  return Number(text.trim()) / 1_000_000;
}

/** Words that start a container, which the engine starts again with itself. */
function runOf(name: string, image: string): readonly string[] {
  const kept = ['-d', '--name', name, '--restart', 'always', '--network', 'none'];
  return ['docker', 'run', ...kept, image, '/bin/busybox', 'sleep', '100000'];
}

/** Installs the gate under a rule that blocks unknown images, and waits until it knows the image of the containers. */
async function putGate({ armed, ask }: Deployment, host: PackageHost): Promise<void> {
  const { rules } = await ask(listAdmissionRules);
  const basedOn = rules.find((one) => one.rule.id === 'shore')?.rule.version ?? 0;
  await ask(putAdmissionRule, { params: { id: 'shore' }, body: { rule: { ...blocking }, basedOn } });
  if (armed) await host.must('seawall', 'gate', 'install');
  const starts = async (): Promise<boolean> =>
    (await host.run('docker', 'run', '--rm', '--network', 'none', boxImage, '/bin/busybox', 'true')).code === 0;
  await until('a start of a known image', starts, { seconds: 300 });
}

const blocking = {
  name: 'Block what nobody knows',
  state: 'on',
  fail: 'alert',
  cannotJudge: 'alert',
  unknown: 'block',
  holdSeconds: 2,
  builds: 'allow',
  rogue: 'alert',
} as const;

/** The package under systemd, on a machine of its own. */
export const packageCases: readonly LabCase<Deployment>[] = [
  {
    id: 'P1',
    minutes,
    title:
      'the package starts nothing and touches no engine; its one command joins, starts both units and protects: a dropped program is refused',
    protectedBy: bySensor,
    async run(world) {
      const host = await world.packageHost();
      const engine = await pidOf(host, 'docker.service');
      const said = await host.install('seawall');
      expectThat(said.includes('seawall agent --console https://CONSOLE:8084 --token-file - --service'), said);
      for (const unit of units) {
        const { stdout } = await host.run('systemctl', 'is-active', unit);
        expectThat(stdout.trim() === 'inactive', `${unit} is ${stdout}`);
      }
      const began = performance.now();
      await host.join();
      await host.isHeard(new Date());
      const seconds = Math.round((performance.now() - began) / 1000);
      for (const unit of units) await pidOf(host, unit);
      expectThat((await pidOf(host, 'docker.service')) === engine, 'the engine was started again');
      await protectedServer(world, 'web');
      await mustBeRefused(host, 'web');
      return `at work ${seconds} s after its command, emulated`;
    },
  },
  {
    id: 'P2',
    minutes,
    title: 'the package installed again: the sensor goes on, and nothing that was dropped runs meanwhile',
    protectedBy: bySensor,
    async run(world) {
      const host = await protectedServer(world, 'web');
      const [agent, sensor] = [await pidOf(host, units[0]), await pidOf(host, units[1])];
      const again = new Date();
      const tries = await inStorm(host, async () => {
        await host.install('seawall');
        await host.isHeard(again);
      });
      expectThat((await pidOf(host, units[1])) === sensor, 'the sensor was started again');
      expectThat((await pidOf(host, units[0])) !== agent, 'the agent was not started again');
      return `0 of ${tries} ran`;
    },
  },
  {
    id: 'P3',
    minutes,
    title:
      'upgraded to a package with another sensor: it is started again, and nothing that was dropped runs meanwhile',
    protectedBy: bySensor,
    async run(world) {
      const host = await protectedServer(world, 'web');
      const sensor = await pidOf(host, units[1]);
      const again = new Date();
      const tries = await inStorm(host, async () => {
        await host.install('other-sensor');
        await host.isHeard(again);
      });
      expectThat((await pidOf(host, units[1])) !== sensor, 'the sensor of the package before goes on');
      if (world.armed) await host.shown('web', ({ state }) => state === 'protected');
      await mustBeRefused(host, 'web');
      return `0 of ${tries} ran`;
    },
  },
  {
    id: 'P4',
    minutes,
    title:
      'booted again, all comes back by itself: the sensor before the engine, the agent, the container; what is dropped into it is refused',
    protectedBy: bySensor,
    async run(world) {
      const host = await protectedServer(world, 'web');
      const again = new Date();
      await host.machine.reboot();
      await until('the container after the boot', async () => await isRunning(host, 'web'), { seconds: 60 });
      const [sensor, engine] = [await startedAt(host, units[1]), await startedAt(host, 'docker.service')];
      expectThat(sensor > 0 && sensor < engine, `the sensor is up at ${sensor} s, the engine at ${engine} s`);
      await host.isHeard(again);
      for (const unit of units) await pidOf(host, unit);
      await protectedServer(world, 'web');
      await mustBeRefused(host, 'web');
      return `the sensor ${sensor.toFixed(1)} s after the kernel, the engine ${engine.toFixed(1)} s`;
    },
  },
  {
    id: 'P5',
    minutes,
    title:
      'booted without the agent, the gate lets start what it knows and refuses what nobody knows; once the agent is there, that starts too',
    protectedBy: byGate,
    async run(world) {
      const host = await protectedServer(world, 'web');
      await putGate(world, host);
      await host.must('systemctl', 'disable', '--now', units[0]);
      await host.load('novel:1');
      const began = await host.run(...runOf('novel', 'novel:1'));
      expectThat(began.code !== 0, 'an unknown image started without an agent');
      await host.machine.reboot();
      await until('the known container', async () => await isRunning(host, 'web'), { seconds: 60 });
      expectThat(!(await isRunning(host, 'novel')), 'an unknown image was started at boot without an agent');
      await host.must('systemctl', 'enable', '--now', units[0]);
      await host.isHeard(new Date());
      await until('the container that was refused', async () => await isRunning(host, 'novel'), { seconds: 300 });
      return began.stderr.split('\n').find((line) => line.includes('Seawall')) ?? began.stderr.trim().slice(0, 300);
    },
  },
  {
    id: 'P6',
    minutes,
    title:
      'removed with its gate in place, every container starts as before and none is touched; installed again, it goes on; purged, nothing is there that was not before',
    async run(world) {
      const host = await joined(world);
      if (!(await isRunning(host, 'web'))) await host.server('web');
      await putGate(world, host);
      await host.must(...runOf('early', boxImage));
      await host.must('docker', 'stop', '-t', '0', 'early');
      const ran = await host.must('docker', 'inspect', '-f', '{{.State.Pid}} {{.State.StartedAt}}', 'web');
      const said = await host.must('apt-get', 'remove', '-y', 'seawall');
      expectThat(said.includes('removing the gate'), said);
      const runs = await host.must('docker', 'inspect', '-f', '{{.State.Pid}} {{.State.StartedAt}}', 'web');
      expectThat(ran === runs, `the container ran as ${ran}, it is ${runs}`);
      await host.must('docker', 'start', 'early');
      await host.must('docker', 'restart', '-t', '0', 'web');
      await host.must(...runOf('late', boxImage));
      await host.must('docker', 'rm', '-f', 'early', 'late');
      const { stdout: running } = await host.run('sh', '-c', 'ls -l /proc/[0-9]*/exe 2>/dev/null | grep seawall');
      expectThat(running === '', `what still runs: ${running}`);
      const back = await host.install('seawall');
      expectThat(back.includes('started again, as before'), back);
      for (const unit of units) await pidOf(host, unit);
      await host.must('apt-get', 'purge', '-y', 'seawall');
      // The machine reads this lab's own files by mounts, whose units are called so too.
      const kinds = '--type=service,socket,slice';
      const left = await host.must('systemctl', 'list-units', '--all', '--no-legend', kinds, 'seawall*');
      expectThat(left === '', left);
      const found = await filesOf(host.must);
      const more = found.filter((line) => !host.before.includes(line));
      const gone = host.before.filter((line) => !found.includes(line));
      expectThat(more.length + gone.length === 0, `more: ${more.join('; ')}. gone: ${gone.join('; ')}`);
      await host.machine.reboot();
      await until('the container after the boot', async () => await isRunning(host, 'web'), { seconds: 60 });
      return undefined;
    },
  },
];
