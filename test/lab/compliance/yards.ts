import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { makeCertificate } from '../../make/registry.ts';
import type { PrivateHost } from '../../make/private-host.ts';
import { programsImage } from '../../native/programs.ts';
import { closeAll, type Closers } from '../lab-console.ts';
import { until } from '../lab.ts';
import { openYard, type Yard } from './lab-engine.ts';
import { enablePlugin } from './lab-plugin.ts';
import { addManagers, type BareEngine, openRootless } from './more-engines.ts';
import { image } from './subjects/containers.ts';

/** Hosts of the lab, by how they were set up. */
export interface Yards {
  /** As its operator should set it up: users are mapped, the API wants certificates, logs leave. */
  readonly strict: Yard;
  /** With whatever an operator may get wrong. */
  readonly loose: Yard;
  /** Managers of a swarm each: one with care, one without. */
  readonly shut: Yard;
  readonly open: Yard;
}

/** All engines of the lab. */
export interface Engines {
  readonly yards: Yards;
  readonly rootless: BareEngine;
}

export async function openYards(folder: string, closers: Closers): Promise<Engines> {
  // Engines take seconds to end, and none waits for another.
  const each = { strict: [], loose: [], shut: [], open: [], rootless: [] } as Record<
    'strict' | 'loose' | 'shut' | 'open' | 'rootless',
    Closers
  >;
  closers.push(() => settled(Object.values(each).map(closeAll)));
  const [strict, loose, shut, open, rootless] = await settled([
    openYard({ name: 'strict', folder, closers: each.strict, ...strictEngine(folder) }),
    openYard({ name: 'loose', folder, closers: each.loose, ...looseEngine(folder) }),
    openYard({ name: 'shut', folder, closers: each.shut, ...shutEngine(each.shut) }),
    openYard({ name: 'open', folder, closers: each.open, settings: { iptables: false } }),
    openRootless(folder, each.rootless),
  ]);
  const { bytes } = programsImage(image, {
    added: { '/usr/sbin/sshd': '/usr/bin/perl' },
    config: { config: { Env: ['PATH=/bin'] } },
  });
  await settled([
    strict.load(bytes),
    loose.load(bytes),
    enablePlugin(loose, folder),
    joinShut(shut, each.shut),
    joinOpen(open),
  ]);
  return { yards: { strict, loose, shut, open }, rootless };
}

/** Waits for all, so that each has said what is to be closed; then throws what went wrong. */
async function settled<const Work extends readonly Promise<unknown>[]>(
  work: Work,
): Promise<{ -readonly [At in keyof Work]: Awaited<Work[At]> }> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}

function shutEngine(closers: Closers) {
  return {
    settings: {
      features: { 'containerd-snapshotter': true },
      'log-driver': 'json-file',
      'log-opts': { 'max-size': '10m' },
      'authorization-plugins': ['lab'],
    },
    prepare: async (host: PrivateHost) => await openPlugin(host, closers),
  };
}

/** An authorization plugin that allows everything: that one is there is all that a check sees. */
async function openPlugin(host: PrivateHost, closers: Closers): Promise<void> {
  const folder = host.place('/run/docker/plugins');
  mkdirSync(folder, { recursive: true });
  const server = createServer((request, response) => {
    const isHello = request.url === '/Plugin.Activate';
    request.resume();
    response.end(JSON.stringify(isHello ? { Implements: ['authz'] } : { Allow: true }));
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 'lab.sock'), resolve));
  closers.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
}

/** Where the certificates of an engine lie on its host. */
export const certificates = '/etc/docker/tls';

function strictEngine(folder: string) {
  const [file, keyFile] = [`${certificates}/tls.pem`, `${certificates}/tls.key`];
  return {
    settings: {
      'userns-remap': 'daemon',
      icc: false,
      'no-new-privileges': true,
      'live-restore': true,
      'userland-proxy': false,
      'default-cgroupns-mode': 'private',
      'default-ulimits': {
        nofile: { Name: 'nofile', Soft: 1024, Hard: 1024 },
        nproc: { Name: 'nproc', Soft: 512, Hard: 512 },
      },
      builder: { entitlements: { 'security-insecure': false, 'network-host': false } },
      'log-driver': 'gelf',
      'log-opts': { 'gelf-address': 'udp://172.17.0.9:12201' },
      tlsverify: true,
      tlscacert: file,
      tlscert: file,
      tlskey: keyFile,
    },
    flags: ['--host', 'tcp://127.0.0.1:2376'],
    prepare: async (host: PrivateHost) => {
      for (const name of ['subuid', 'subgid']) writeFileSync(host.place(`/etc/${name}`), 'daemon:100000:65536\n');
      mkdirSync(host.place(certificates), { recursive: true, mode: 0o700 });
      makeCertificate(host.place(certificates));
      // A file system of its own for what containers write.
      const data = join(folder, 'strict/data');
      await host.must('sh', ['-c', `mkdir -p ${data} && mount -t tmpfs -o mode=711 tmpfs ${data}`]);
    },
  };
}

function looseEngine(folder: string) {
  const [runtime, profile] = [join(folder, 'odd-runc'), join(folder, 'profile.json')];
  copyFileSync('/usr/sbin/runc', runtime);
  chmodSync(runtime, 0o755);
  const syscalls = [{ names: ['keyctl'], action: 'SCMP_ACT_ERRNO' }];
  writeFileSync(profile, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls }));
  return {
    settings: {
      iptables: false,
      // An engine that was not told so in words waits for 16 seconds before it opens a door without TLS.
      tls: false,
      debug: true,
      'log-level': 'debug',
      'seccomp-profile': profile,
      'default-ipc-mode': 'shareable',
      'cgroup-parent': '/anywhere',
      'metrics-addr': '0.0.0.0:9323',
      'network-diagnostic-port': 2000,
      'insecure-registries': ['10.0.0.0/8', 'registry.example:5000'],
      builder: { entitlements: { 'security-insecure': true } },
      proxies: { 'http-proxy': 'http://user:sesame@proxy.example:3128' },
      runtimes: { odd: { path: runtime } },
    },
    flags: ['--host', 'tcp://0.0.0.0:2375'],
    environment: { DOCKER_MIN_API_VERSION: '1.24' },
    prepare: async (host: PrivateHost) => {
      // Only a place that is shared can hand mounts to the host.
      await host.must('sh', ['-c', 'mount --bind /srv /srv && mount --make-shared /srv']);
    },
  };
}

async function joinShut(yard: Yard, closers: Closers): Promise<void> {
  const { docker, socket } = yard;
  const places = ['--listen-addr', '127.0.0.1:2377', '--advertise-addr', '127.0.0.1', '--data-path-addr', '127.0.0.11'];
  await docker('swarm', 'init', '--autolock', ...places);
  await addManagers(yard, closers);
  await removeIngress(socket);
  await docker('network', 'create', '-d', 'overlay', '--opt', 'encrypted', 'sealed');
}

/** Nothing is published here, and it is not encrypted. The client asks a person first, so the engine is asked itself. */
async function removeIngress(socketPath: string): Promise<void> {
  const options = { socketPath, path: '/networks/ingress', method: 'DELETE', headers: { host: 'docker' } };
  await until(
    'the swarm without its first network',
    () =>
      new Promise<boolean>((resolve, reject) => {
        const asking = request(options, (response) => {
          response.resume().once('end', () => resolve(response.statusCode === 404));
        });
        asking.once('error', reject).end();
      }),
    { seconds: 30, every: 300 },
  );
}

async function joinOpen({ docker }: Yard): Promise<void> {
  await docker('swarm', 'init', '--advertise-addr', '127.0.0.1', '--cert-expiry', '2400h');
  const base = ['service', 'create', '--detach', '--replicas', '0', '--no-resolve-image'];
  await docker(
    ...base,
    '--name',
    'shop',
    '--env',
    'DB_PASSWORD=kT9-vv2qLw83',
    '--mount',
    'type=bind,src=/etc,dst=/e',
    'shop:1',
  );
  const digest = `sha256:${'a'.repeat(64)}`;
  await docker(...base, '--name', 'safe', `registry.example/team/safe:1@${digest}`);
}
