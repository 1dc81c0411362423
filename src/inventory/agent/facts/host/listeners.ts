import { endianness } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { type Field, known, missing } from '#base/index.ts';
import type { HostListener } from '../../../facts/host.ts';
import { attemptLater, type HostAccess } from './fields.ts';
import { type HostProcess, programOfProcess, socketsOfProcess } from './processes.ts';

/** Sockets of the host's own network that accept connections, each with the program that holds it. */
export async function collectListeners(
  { host }: HostAccess,
  processes: readonly HostProcess[],
): Promise<Field<readonly HostListener[]>> {
  return attemptLater(async () => {
    const text = (protocol: 'tcp' | 'tcp6'): string | undefined =>
      host.text(`/proc/1/net/${protocol}`, 16 * 1024 * 1024);
    const ipv4 = text('tcp');
    if (ipv4 === undefined) return missing('/proc/1/net/tcp cannot be read');
    const sockets = [...socketsOf(ipv4, 'tcp'), ...socketsOf(text('tcp6') ?? '', 'tcp6')];
    const holders = await holdersOf(host.root, processes, new Set(sockets.map(({ inode }) => inode)));
    const found: HostListener[] = [];
    for (const { inode, ...socket } of sockets) {
      const holder = holders.get(inode);
      const program = holder && (programOfProcess(host.root, holder.pid) ?? holder.name);
      found.push({ ...socket, ...(program !== undefined && { program }), owner: holder?.owner ?? 'host' });
    }
    return known(eachOnce(found), '/proc/1/net/tcp, /proc/1/net/tcp6');
  });
}

/** The kernel's order is that of a table of its own, and a program may have one socket for each of its workers. */
export function eachOnce(listeners: readonly HostListener[]): readonly HostListener[] {
  const byWords = new Map(
    listeners.map((one) => {
      const { protocol, address, port, program, owner } = one;
      return [[String(port).padStart(5, '0'), protocol, address, program ?? '', owner].join(' '), one] as const;
    }),
  );
  return [...byWords].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, one]) => one);
}

/** Between two turns of others, as many processes are looked at. */
const atOnce = 20;

async function holdersOf(
  root: string,
  processes: readonly HostProcess[],
  wanted: ReadonlySet<number>,
): Promise<ReadonlyMap<number, HostProcess>> {
  const holders = new Map<number, HostProcess>();
  // Most containers have a network of their own, and hold no socket of the host's.
  const hostFirst = processes.toSorted((one, other) => rank(one) - rank(other));
  for (const [at, each] of hostFirst.entries()) {
    if (holders.size === wanted.size && [...holders.values()].every(({ pid }) => pid !== 1)) break;
    if (at % atOnce === 0) await setImmediate();
    // systemd holds what it starts services for, so the service counts where both hold a socket.
    for (const inode of socketsOfProcess(root, each.pid))
      if (wanted.has(inode) && (holders.get(inode)?.pid ?? 1) === 1) holders.set(inode, each);
  }
  return holders;
}

function rank({ owner }: HostProcess): number {
  return owner === 'host' ? 0 : 1;
}

interface ListeningSocket extends Pick<HostListener, 'protocol' | 'address' | 'port'> {
  readonly inode: number;
}

const listening = '0A';

/** Listening sockets of /proc/net/tcp. */
export function socketsOf(text: string, protocol: 'tcp' | 'tcp6'): readonly ListeningSocket[] {
  return text.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state !== listening || inode === undefined) return [];
    return { protocol, address: addressOf(address), port: Number.parseInt(port, 16), inode: Number(inode) };
  });
}

/** Words of four bytes in the machine's order, in hexadecimal. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  if (endianness() === 'LE') bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16)).join(':');
  if (/^(?:0:){5}ffff:/.test(words)) return `::ffff:${bytes.subarray(12).join('.')}`;
  return words.replace(/(?:^|:)0(?::0)+(?::|$)/, '::');
}
