import { join } from 'node:path';
import type { TcpAddress } from '../../../facts/index.ts';
import { readBounded } from './read-bounded.ts';
import type { EngineProcess } from './process.ts';

const longestTable = 64 * 1024 * 1024;
/** State of a socket that takes calls. */
const listening = '0A';

/** TCP addresses at which a process takes calls, in its own network. */
export async function listenersOf({ pid, sockets }: EngineProcess, proc = '/proc'): Promise<readonly TcpAddress[]> {
  const found: TcpAddress[] = [];
  for (const name of ['tcp', 'tcp6']) {
    // A kernel without IPv6 has no such table.
    const table = await readBounded(join(proc, `${pid}/net/${name}`), longestTable).catch(
      (error: NodeJS.ErrnoException) => {
        if (name === 'tcp6' && error.code === 'ENOENT') return '';
        throw error;
      },
    );
    found.push(...parseListeners(table, sockets));
  }
  // The kernel's order is that of a table of its own, and several sockets may share one address.
  const byWords = new Map(found.map((one) => [`${one.address} ${String(one.port).padStart(5, '0')}`, one]));
  return [...byWords].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, address]) => address);
}

/** Reads `/proc/net/tcp` or `tcp6`: addresses of sockets that listen and are among `sockets`. */
export function parseListeners(table: string, sockets: ReadonlySet<string>): readonly TcpAddress[] {
  return table.split('\n').flatMap((line) => {
    const parts = line.trim().split(/\s+/);
    const [, local = '', , state, , , , , , inode = ''] = parts;
    if (state !== listening || !sockets.has(inode)) return [];
    const [address = '', port = ''] = local.split(':');
    return [{ address: plainAddress(address), port: Number.parseInt(port, 16) }];
  });
}

/** `0100007F` → `127.0.0.1`: words of four bytes, each in the order of the machine, which is taken as little-endian. */
function plainAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => bytes.slice(2 * at, 2 * at + 2).join(''));
  const mapped = /^0{20}ffff/i.test(bytes.join(''));
  if (mapped)
    return `::ffff:${bytes
      .slice(12)
      .map((byte) => Number.parseInt(byte, 16))
      .join('.')}`;
  return shortened(groups.map((group) => Number.parseInt(group, 16).toString(16)));
}

/** Puts `::` for the longest row of zeros. */
function shortened(groups: readonly string[]): string {
  const rows = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([row]) => row);
  const longest = rows.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) return groups.join(':');
  return groups.join(':').replace(longest, '::').replaceAll(/:{3,}/g, '::');
}
