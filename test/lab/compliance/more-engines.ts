import { chownSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { openPrivateHost } from '../../make/private-host.ts';
import type { Closers } from '../lab-console.ts';
import { type Yard, waitForEngine } from './lab-engine.ts';

/** Ids of a user who may do nothing. */
const nobodys = 1000;

/** An engine without an operator's settings: what matters is how it was started. */
export type BareEngine = Pick<Yard, 'name' | 'socket' | 'pid'>;

/** An engine of a user who is not root, in a user namespace, as RootlessKit starts one. */
export async function openRootless(folder: string, closers: Closers): Promise<BareEngine> {
  const home = join(folder, 'rootless');
  for (const place of ['', 'run', 'kit']) {
    mkdirSync(join(home, place));
    chownSync(join(home, place), nobodys, nobodys);
  }
  const host = await openPrivateHost();
  closers.push(() => host.close());
  // The engine asks for it before it knows that nothing is published.
  symlinkSync('/usr/sbin/docker-proxy', host.place('/usr/bin/rootlesskit-docker-proxy'));
  const socket = join(home, 'docker.sock');
  const user = ['--reuid', `${nobodys}`, '--regid', `${nobodys}`, '--clear-groups', '--'];
  const own = ['unshare', '--user', '--map-root-user', '--mount', '--net', '--'];
  const start = ['sh', '-c', 'mount -t tmpfs tmpfs /run && exec dockerd "$@"', 'dockerd', '--rootless'];
  const words = [...bareWords(home, socket), '--group', 'root'];
  const child = host.spawn('setpriv', [...user, ...own, ...start, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      HOME: home,
      XDG_RUNTIME_DIR: join(home, 'run'),
      ROOTLESSKIT_STATE_DIR: join(home, 'kit'),
    },
  });
  await waitForEngine({ name: 'rootless', child, socket, closers });
  return { name: 'rootless', socket, pid: child.pid ?? 0 };
}

/** Two more managers of the swarm of a host, in its network: each has an address of the machine to itself. */
export async function addManagers({ host, pid, socket, docker }: Yard, closers: Closers): Promise<void> {
  const token = (await docker('swarm', 'join-token', '-q', 'manager')).trim();
  await Promise.all(
    [2, 3].map(async (number) => {
      const folder = `${socket}.manager-${number}`;
      mkdirSync(folder);
      const own = join(folder, 'docker.sock');
      const start = [`--net=/proc/${pid}/ns/net`, '--', 'dockerd', ...bareWords(folder, own)];
      const child = host.spawn('nsenter', start, { stdio: ['ignore', 'ignore', 'pipe'] });
      const run = await waitForEngine({ name: `manager ${number}`, child, socket: own, closers });
      const addresses = ['--listen-addr', `127.0.0.${number}:2377`, '--advertise-addr', `127.0.0.${number}`];
      const data = ['--data-path-addr', `127.0.0.1${number}`];
      await run('swarm', 'join', '--token', token, ...addresses, ...data, '127.0.0.1:2377');
    }),
  );
}

function bareWords(folder: string, socket: string): readonly string[] {
  const places = ['data-root', 'exec-root', 'pidfile'].flatMap((name) => [`--${name}`, join(folder, name)]);
  const closed = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--userland-proxy=false'];
  return ['--host', `unix://${socket}`, ...places, ...closed, '--storage-driver', 'vfs', '--config-file', '/dev/null'];
}
