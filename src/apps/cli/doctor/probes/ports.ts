import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { runningConsole } from '../../../console/instance.ts';
import { type Answer, fine, probe, stops } from '../probe.ts';

interface Listener {
  readonly port: number;
  /** Missing: another user's, which only root sees. */
  readonly pid?: number;
  readonly name?: string;
}

interface PortsFact {
  readonly wanted: readonly number[];
  readonly listeners: readonly Listener[];
  /** Process of the console that runs here. */
  readonly console?: number;
}

export const ports = probe({
  id: 'ports',
  title: 'Ports',
  parts: ['console'],
  look: ({ ports: { pages, agents }, stateFolder }): PortsFact => {
    const running = runningConsole(stateFolder)?.pid;
    const wanted = [pages, agents];
    return { wanted, listeners: listenersOn(wanted), ...(running !== undefined && { console: running }) };
  },
  judge: judgePorts,
});

/** A port that the running console took instead is as good. */
export function judgePorts({ wanted, listeners, console: running }: PortsFact): Answer {
  if (running !== undefined) return fine(`the console (process ${running}) has its ports`);
  const [first] = listeners;
  if (first === undefined) return fine(`${wanted.join(' and ')} are free`);
  const all = listeners.map(({ port, pid, name }) =>
    pid === undefined ? `${port} by another user’s program` : `${port} by ${name} (process ${pid})`,
  );
  const option = first.port === wanted[0] ? '--port' : '--link-port';
  return stops(
    `Taken: ${all.join(', ')}.`,
    `Stop it, or start the console with ${option} and another number${first.pid === undefined ? '; root sees which program it is (`ss -ltnp`)' : ''}.`,
  );
}

const listening = '0A';

/** Who listens, by /proc/net/tcp (proc_pid_net(5)). */
function listenersOn(wanted: readonly number[]): readonly Listener[] {
  const sockets = new Map<number, string>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of linesOf(file)) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      const port = Number.parseInt(local.split(':')[1] ?? '', 16);
      if (state === listening && wanted.includes(port)) sockets.set(port, inode);
    }
  }
  return [...sockets].toSorted(([one], [other]) => one - other).map(([port, inode]) => ({ port, ...ownerOf(inode) }));
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}

function ownerOf(inode: string): Omit<Listener, 'port'> {
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const isHis = readdirSync(`/proc/${pid}/fd`).some(
        (fd) => linkOf(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`,
      );
      if (isHis) return { pid: Number(pid), name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim() };
    } catch {
      // Another user's, or it ended.
    }
  }
  return {};
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
