/** Where the link listens, and what is known of how others reach it. */
export interface Listening {
  /** Address that agents are told: `https://console.example:8084`. */
  readonly url: string;
  /** Address that is listened on. */
  readonly host: string;
  /** Addresses of this machine that others may reach. */
  readonly addresses: readonly string[];
}

/** The address at which another host reaches the link; `undefined` where it listens on loopback only. */
export function urlForHosts({ url, host, addresses }: Listening): string | undefined {
  const named = new URL(url);
  if (!isLoopback(named.hostname) && !isWildcard(named.hostname)) return named.origin;
  if (isLoopback(host)) return undefined;
  const address = isWildcard(host) ? addresses.find((one) => !isLoopback(one)) : host;
  if (address === undefined) return undefined;
  named.hostname = address.includes(':') ? `[${address}]` : address;
  return named.origin;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || /^\[?::1\]?$/.test(host);
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || /^\[?::\]?$/.test(host);
}
