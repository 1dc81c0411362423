import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { containerOfInspect, type Surroundings } from '#inventory/index.ts';
import { aroundFor, recorded } from '../../../../src/inventory/settings/container/testing.ts';
import { expectThat } from '../../lab.ts';
import type { Yard } from '../lab-engine.ts';
import { live, type Subject } from '../subject.ts';
import { recordedContainers } from './recordings.ts';

/** Image of the lab's containers, with a program that is called as an SSH server is. */
export const image = 'lab/programs:1';
const sleep = ['/bin/sleep', '9999'];
const key = `AKIA${createHash('sha256')
  .update('seawall lab')
  .digest('hex')
  .toUpperCase()
  .replaceAll(/[^A-Z2-7]/g, '')
  .padEnd(16, 'Q')
  .slice(0, 16)}`;

const limits = ['--memory', '64m', '--memory-swap', '64m', '--cpus', '0.5', '--pids-limit', '64'];
const ulimits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=512:512'];
const closed = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--user', '10001:10001'];
const health = ['--health-cmd', '/bin/true', '--health-interval', '1h'];
const own = ['--cgroupns', 'private', '--network', 'app', '-p', '127.0.0.1:18443:8443/tcp'];
const scratch = ['--tmpfs', '/tmp:rw,noexec,nosuid,nodev,size=1m'];

/** Containers that were made with care, on an engine that maps users. */
const careful: Readonly<Record<string, readonly string[]>> = {
  calm: ['--label', 'seawall.sensitivity=high', ...limits, ...ulimits, ...closed, ...health, ...own, ...scratch],
  unmapped: ['--label', 'seawall.sensitivity=high', '--userns', 'host'],
};

const capabilities =
  'SYS_ADMIN SYS_MODULE SYS_PTRACE DAC_READ_SEARCH SYS_RAWIO NET_ADMIN BPF PERFMON SYSLOG MAC_ADMIN SYS_BOOT SYS_TIME';

/** Containers that give away something, by what they are called here. */
function careless({ dataRoot, socket, folder }: { dataRoot: string; socket: string; folder: string }) {
  const binds = [
    '/etc:/m1',
    '/root:/m2:ro',
    `${dataRoot}:/m3:ro`,
    `${socket}:/m4`,
    `${join(folder, 'anyone/app')}:/m5`,
  ];
  const mounts = [...binds, '/srv:/m6:rshared'].flatMap((bind) => ['-v', bind]);
  return {
    plain: [],
    entered: [],
    bold: ['--privileged'],
    sharing: ['--network', 'host', '--pid', 'host', '--ipc', 'host', '--uts', 'host', '--cgroupns', 'host'],
    granted: capabilities.split(' ').flatMap((name) => ['--cap-add', name]),
    unfiltered: ['--security-opt', 'seccomp=unconfined', '--security-opt', 'systempaths=unconfined'],
    profiled: ['--security-opt', `seccomp=${join(folder, 'profile.json')}`],
    mounted: [...mounts, '-v', 'system:/m7'],
    heir: ['--volumes-from', 'mounted'],
    devices: ['--device', '/dev/kmsg'],
    ruled: ['--device-cgroup-rule', 'c 10:* rwm'],
    wide: ['-p', '180:80', '-P', '--expose', '9000', '--add-host', 'registry-1.docker.io:10.0.0.1'],
    linked: ['--link', 'plain:db'],
    lavish: ['--memory', '64m', '--memory-swap', '-1', '--restart', 'on-failure:9', '--tmpfs', '/t:exec,suid'],
    unruly: ['--log-driver', 'none', '--ipc', 'shareable', '--group-add', '0'],
    placed: ['--cgroup-parent', '/elsewhere', '--sysctl', 'kernel.msgmax=65536', '--runtime', 'odd'],
    telling: ['-e', `AWS_ACCESS_KEY_ID=${key}`, '-e', 'DATABASE=postgres://app:Xk29vbQw81tz@db.example/x'],
    secret: ['--label', 'seawall.sensitivity=high'],
    secretive: ['--label', 'seawall.sensitivity=high'],
    lower: ['--label', 'seawall.sensitivity=low'],
    joined: ['--label', 'seawall.sensitivity=low', '--network', 'container:secret', '--pid', 'container:secret'],
  } as const satisfies Readonly<Record<string, readonly string[]>>;
}

/** What this machine cannot start: it has no such devices, and its own kernel refuses to spare a process. */
const onlyCreated: Readonly<Record<string, readonly string[]>> = {
  graphic: ['--gpus', 'all'],
  spared: ['--oom-score-adj', '-500'],
};

/** Runs the containers of both engines and reads what is configured and what is in effect. */
export async function containerSubjects({
  strict,
  loose,
  folder,
}: {
  readonly strict: Yard;
  readonly loose: Yard;
  readonly folder: string;
}): Promise<readonly Subject[]> {
  await strict.docker('network', 'create', 'app');
  for (const [name, words] of Object.entries(careful)) await run(strict, name, { words });
  mkdirSync(join(folder, 'anyone/app'), { recursive: true });
  chownSync(join(folder, 'anyone'), 1000, 1000);
  chmodSync(join(folder, 'anyone'), 0o777);
  await loose.docker('volume', 'create', '-o', 'type=none', '-o', 'o=bind', '-o', 'device=/etc', 'system');
  for (const [name, words] of Object.entries(careless({ ...loose, folder }))) await run(loose, name, { words });
  await run(loose, 'reachable', { command: ['/usr/sbin/sshd', '-e', 'sleep 9999'] });
  await run(loose, 'arguing', { command: ['/usr/bin/perl', '-e', 'sleep 9999', `--key=${key}`] });
  await loose.docker('exec', '-d', '--privileged', 'entered', ...sleep);
  for (const [name, words] of Object.entries(onlyCreated))
    await loose.docker('create', '--name', name, ...words, image, ...sleep);
  for (let at = 1; at <= 11; at += 1)
    await run(loose, `old${at}`, { words: ['--network', 'none'], command: ['/bin/id'] });
  await loseImage(loose);
  const [good, bad] = [await readAll(strict), await readAll(loose)];
  return [...good, ...bad, ...recordedContainers(), ...(await statedContainers())];
}

interface RunWords {
  readonly words?: readonly string[];
  readonly command?: readonly string[];
}

async function run(yard: Yard, name: string, { words = [], command = sleep }: RunWords): Promise<void> {
  await yard.docker('run', '-d', '--name', name, ...words, image, ...command);
}

/** One whose image is gone, and an image that nothing runs. */
async function loseImage(yard: Yard): Promise<void> {
  await yard.docker('commit', '--change', 'LABEL lab=unused', 'plain', 'lab/unused:1');
  await yard.docker('commit', '--change', 'LABEL lab=lost', 'plain', 'lab/lost:1');
  await yard.docker('create', '--name', 'lost', 'lab/lost:1', ...sleep);
  await yard.docker('rmi', '-f', 'lab/lost:1');
}

async function readAll(yard: Yard): Promise<readonly Subject[]> {
  const names = (await yard.docker('ps', '-a', '--format', '{{.Names}}')).split('\n');
  const wanted = names.filter((one) => !one.includes(',') && !one.startsWith('old'));
  const found = await readContainers(yard, wanted);
  const lists = { 'approved-ports': ['18443/tcp'] };
  return wanted.map((name, at): Subject => {
    const documents = found[at];
    expectThat(documents !== undefined, `${name} cannot be read`);
    return { name, kind: 'container', origin: live, documents, lists };
  });
}

/** What an agent tells of containers, each by its name or id. */
export async function readContainers(
  { pid, socket }: Yard,
  names: readonly string[],
): Promise<readonly (Subject['documents'] | undefined)[]> {
  const program = join(import.meta.dirname, '../read-containers.ts');
  const words = [`--net=/proc/${pid}/ns/net`, process.execPath, program, socket, ...names];
  const { stdout } = await promisify(execFile)('nsenter', words, { maxBuffer: 64 * 1024 * 1024 });
  return (JSON.parse(stdout) as readonly Partial<Pick<Subject, 'documents'>>[]).map(({ documents }) => documents);
}

/** What a registry tells, which nobody hands to the reader of containers yet. */
async function statedContainers(): Promise<readonly Subject[]> {
  const because = 'nobody tells the reader of containers what a tag names in its registry';
  const tag = { tag: 'app:1', running: 'sha256:1', current: 'sha256:1' };
  const stated = async (name: string, facts: Partial<Surroundings>): Promise<Subject> => {
    const fields = await containerOfInspect(recorded('inspect-plain'), aroundFor({ facts }));
    return { name, kind: 'container', origin: { kind: 'stated', because }, documents: [{ kind: 'inspect', fields }] };
  };
  return [await stated('current', { tag }), await stated('outdated', { tag: { ...tag, current: 'sha256:2' } })];
}
