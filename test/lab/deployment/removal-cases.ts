import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Closers, withClosers } from '../lab-console.ts';
import { expectThat, type LabCase } from '../lab.ts';
import { processes } from '../processes.ts';
import { type AgentHost, agentName, openAgentHost, programs, rights } from './agent-host.ts';
import { consoleIn } from './console-container.ts';
import type { Deployment } from './world.ts';

/** What is removed leaves the machine as it was. */
export const removalCases: readonly LabCase<Deployment>[] = [
  {
    id: 'I11',
    title:
      'agent, gate and console in containers, removed, leave nothing that was not there before: files, mounts, cgroups, processes, pins, settings of the engine',
    protectedBy: 'the commands that remove',
    minutes: 20,
    run: (world) =>
      withClosers(
        async (closers) => `${await agentLeavesNothing(world, closers)}; ${await consoleLeavesNothing(world)}`,
      ),
  },
];

async function agentLeavesNothing(world: Deployment, closers: Closers): Promise<string> {
  const shore = await openAgentHost({ console: world, armed: world.armed, say: () => undefined }, closers);
  const { engine } = shore;
  // From its first container on an engine keeps a folder and a network namespace of its own.
  await engine.must('run', '--rm', '--network', 'host', programs, '/bin/sh', '-c', 'exit 0');
  const before = tracesOn(shore);
  await shore.startAgent();
  await shore.isHeard();
  const installed = await shore.gate('install', '--when-broken', 'allow');
  expectThat(installed.code === 0, JSON.stringify(installed));
  await engine.must('rm', '-f', await shore.server());
  const most = tracesOn(shore);
  if (world.armed) {
    const gone = await shore.gate('remove');
    expectThat(gone.code === 0, JSON.stringify(gone));
    const { code, stderr } = await shore.tryAgent(rights, '--remove');
    expectThat(code === 0, stderr);
  } else await engine.must('rm', '-f', agentName);
  expectSame('the agent', before, tracesOn(shore));
  return `the agent had ${most.filter((one) => !before.includes(one)).length} traces`;
}

async function consoleLeavesNothing({ harbour }: Deployment): Promise<string> {
  const ground = await harbour('docker');
  const traces = async (): Promise<readonly string[]> => [
    ...(await ground.must('ps', '-a', '--format', 'container {{.Names}}')).split('\n'),
    ...(await ground.must('volume', 'ls', '--format', 'volume {{.Name}}')).split('\n'),
    ...mountsOf('self').filter((one) => one.includes(dirname(ground.socket))),
  ];
  // As above: the engine's own network namespace is there before.
  const nothing = ['--entrypoint', '/bin/sh', 'seawall/console', '-c', 'exit 0'];
  await ground.must('run', '--rm', '--network', 'host', ...nothing);
  const before = await traces();
  const console = await consoleIn(ground);
  try {
    await console.run();
    await console.served();
  } finally {
    await console.remove();
  }
  expectSame('the console', before, await traces());
  return 'the console left nothing';
}

function expectSame(what: string, before: readonly string[], after: readonly string[]): void {
  const left = after.filter((one) => !before.includes(one));
  const gone = before.filter((one) => !after.includes(one));
  expectThat(left.length + gone.length === 0, `${what} left ${left.join(', ')}; took away ${gone.join(', ')}`);
}

/** Whatever Seawall could leave on a host. */
function tracesOn({ host, engine }: AgentHost): readonly string[] {
  const at = `/proc/${host.pid}`;
  const found = (...words: readonly string[]): readonly string[] =>
    execFileSync('nsenter', [`--mount=${at}/ns/mnt`, '--', 'find', ...words], { encoding: 'utf8' }).split('\n');
  return [
    ...host.differences().map((one) => `file ${one}`),
    ...found('/run', '/sys/fs/bpf', '-printf', '%p %y %m %l\n'),
    ...found('/sys/fs/cgroup', '-type', 'd', '-name', '*seawall*'),
    ...mountsOf(host.pid),
    ...mountsOf(engine.pid()),
    ...programsIn([host.pid, engine.pid()]),
    `settings ${readFileSync(host.place('/etc/docker/daemon.json'), 'utf8')}`,
  ].toSorted();
}

/** Where, of which kind and with which options something is mounted, as proc_pid_mountinfo(5) says. */
function mountsOf(pid: number | 'self'): readonly string[] {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trimEnd().split('\n');
  return lines.map((line) => `mount ${line.split(' ').slice(3).join(' ')}`);
}

/** What runs in the mount namespaces of these processes. */
function programsIn(pids: readonly number[]): readonly string[] {
  const namespaces = pids.map(namespaceOf);
  const inside = processes().filter((pid) => namespaces.includes(namespaceOf(pid) ?? ''));
  return inside.map((pid) => `process ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`);
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}
