import { appendFileSync, chmodSync, chownSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { collectHost, type EngineContents, type EnginePlaces } from '#inventory/agent/index.ts';
import { known } from '#base/index.ts';
import type { Closers } from '../../lab-console.ts';
import { inNetwork, type Yard } from '../lab-engine.ts';
import { live, type Subject } from '../subject.ts';
import { certificates, type Yards } from '../yards.ts';

type Run = NonNullable<Parameters<typeof collectHost>[0]['run']>;

/** Other people's ids, and the bits that let them in. */
const [somebody, theirs] = [1000, 0o666];

/** Hosts of the lab as they are set up, and after what an operator may get wrong. */
export async function hostSubjects({ strict, loose }: Yards, closers: Closers): Promise<readonly Subject[]> {
  await keepInOrder(strict);
  await spoil(loose, closers);
  const [sound, spoiled] = [await collected(strict), await collected(loose)];
  // What has stopped, or is not used now, has been left behind by then.
  const later = (days: number): Date => new Date(Date.now() + days * 86_400_000);
  return [
    sound,
    spoiled,
    { ...spoiled, name: 'host loose, a month on', at: later(31) },
    { ...spoiled, name: 'host loose, a year on', at: later(366) },
  ];
}

interface PutFile {
  readonly content?: string;
  readonly mode?: number;
}

function put({ host }: Yard, path: string, { content = '', mode = 0o644 }: PutFile = {}): string {
  const place = host.place(path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, content);
  chmodSync(place, mode);
  return place;
}

const files = [
  '/etc/docker/certs.d/registry.example/ca.crt',
  '/etc/docker/certs.d/registry.example/client.key',
  '/etc/default/docker',
  '/etc/sysconfig/docker',
];

async function keepInOrder(yard: Yard): Promise<void> {
  for (const path of files) put(yard, path, { mode: path.includes('certs.d') ? 0o400 : 0o644 });
  chmodSync(yard.host.place(`${certificates}/tls.pem`), 0o444);
  chmodSync(yard.host.place(`${certificates}/tls.key`), 0o400);
  put(yard, '/etc/sudoers', { content: 'root ALL=(ALL:ALL) ALL\n', mode: 0o440 });
  put(yard, '/usr/bin/unattended-upgrade', { mode: 0o755 });
  put(yard, '/etc/apt/apt.conf.d/20auto-upgrades', { content: 'APT::Periodic::Unattended-Upgrade "1";\n' });
  put(yard, '/var/lib/aide/aide.db');
  put(yard, '/etc/cron.daily/aide', { mode: 0o755 });
  for (const program of ['iptables', 'ip6tables']) await inNetwork(yard, program, ['-P', 'INPUT', 'DROP']);
}

/** A container that the engine does not know, started behind its back. */
async function hide({ host, socket }: Yard): Promise<void> {
  const root = `${dirname(socket)}/hidden`;
  mkdirSync(`${root}/bin`, { recursive: true });
  copyFileSync('/usr/bin/busybox', `${root}/bin/sleep`);
  const words = ['--address', containerdSocket, '--namespace', 'hidden', 'run', '--detach', '--rootfs', root];
  await host.must('ctr', [...words, 'hidden', '/bin/sleep', '9999']);
}

/** Everything that files and sockets of a host can have wrong. */
async function spoil(yard: Yard, closers: Closers): Promise<void> {
  const { host } = yard;
  await hide(yard);
  closers.push(() =>
    host.run('ctr', ['--address', containerdSocket, '-n', 'hidden', 'task', 'kill', '-s', '9', 'hidden']),
  );
  for (const path of files) put(yard, path);
  for (const name of ['tls.pem', 'tls.key']) put(yard, `${certificates}/${name}`);
  put(yard, '/etc/sudoers');
  const units = ['docker.service', 'docker.socket'].map((unit) => `/usr/lib/systemd/system/${unit}`);
  const spoiled = [
    ...files,
    ...units,
    `${certificates}/tls.pem`,
    `${certificates}/tls.key`,
    '/etc/docker/daemon.json',
    '/run/docker.sock',
  ];
  for (const path of [...spoiled, containerdSocket, '/etc/docker']) chownSync(host.place(path), 0, somebody);
  for (const path of [...spoiled, containerdSocket]) chmodSync(host.place(path), theirs);
  chmodSync(host.place('/etc/docker'), 0o777);
  chmodSync(yard.dataRoot, 0o755);
  appendFileSync(host.place('/etc/passwd'), 'toor:x:0:0::/:/bin/sh\nguest:x:1000:1000::/:/bin/sh\n');
  appendFileSync(host.place('/etc/shadow'), 'guest::20000:0:99999:7:::\n');
  appendFileSync(host.place('/etc/group'), 'labdocker:x:997:guest\n');
  put(yard, '/etc/subuid', { content: 'guest:1000:65536\nother:40000:65536\n' });
  appendFileSync(host.place('/usr/sbin/runc'), 'more');
  rmSync(host.place('/etc/apt/apt.conf.d/20auto-upgrades'), { force: true });
  mkdirSync(host.place('/run/podman'), { recursive: true });
  await listen(host.place('/run/podman/podman.sock'), closers);
  chmodSync(host.place('/run/podman/podman.sock'), theirs);
}

const containerdSocket = '/run/docker/containerd/containerd.sock';

async function listen(path: string, closers: Closers): Promise<void> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  closers.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
}

async function collected(yard: Yard): Promise<Subject> {
  const { name, host } = yard;
  const run: Run = async (program, words) => {
    const { code, stdout, stderr } = await inNetwork(yard, program, words);
    if (code === 127) return { kind: 'absent' };
    return code === 0 ? { kind: 'done', output: stdout } : { kind: 'failed', output: stdout, why: stderr };
  };
  const fields = await collectHost({
    root: host.place('/'),
    run,
    engine: await placesOf(yard),
    contents: await contentsOf(yard),
  });
  return { name: `host ${name}`, kind: 'host', origin: live, documents: [{ kind: 'host', fields }] };
}

async function placesOf(yard: Yard): Promise<EnginePlaces> {
  const at = `engine ${yard.name}`;
  const tls = {
    authority: `${certificates}/tls.pem`,
    certificate: `${certificates}/tls.pem`,
    key: `${certificates}/tls.key`,
  };
  return {
    dataRoot: known(yard.dataRoot, at),
    configFile: known('/etc/docker/daemon.json', at),
    sockets: known(['/run/docker.sock'], at),
    socketGroup: known(yard.name === 'loose' ? 'labdocker' : 'docker', at),
    user: known(0, at),
    tls: known(tls, at),
    containerdSocket: known(containerdSocket, at),
    runtimePrograms: known(['runc'], at),
    info: known(JSON.parse(await yard.docker('info', '--format', '{{json .}}')), '/info'),
  };
}

async function contentsOf(yard: Yard): Promise<EngineContents> {
  const ids = (await yard.docker('ps', '-aq')).split('\n').filter(Boolean);
  const containers: unknown = ids.length === 0 ? [] : JSON.parse(await yard.docker('inspect', ...ids));
  const lines = (await yard.docker('images', '--no-trunc', '--format', '{{.ID}} {{.Repository}}:{{.Tag}}')).split('\n');
  const listed = lines.filter(Boolean).map((line) => {
    const [Id = '', name = ''] = line.split(' ');
    return { Id, RepoTags: [name] };
  });
  return {
    containers: known(containers as readonly unknown[], 'containers of the engine'),
    images: known(listed, 'images of the engine'),
    lastUses: known(new Map(listed.map(({ Id }) => [Id, new Date().toISOString()])), 'images of the engine'),
  };
}
