import type { TcpAddress } from '#inventory/index.ts';

/** `[::]:2376`. */
export function shown({ address, port }: TcpAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Whether it takes calls on every address of the host. */
export function isWildcard({ address }: TcpAddress): boolean {
  return ['0.0.0.0', '::', '::ffff:0.0.0.0'].includes(address);
}

/** Whether `HOST:PORT` is of loopback alone. An empty host is every address. */
export function isLoopback(hostAndPort: string): boolean {
  const host = hostAndPort.replace(/:\d*$/, '').replaceAll(/[[\]]/g, '');
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
