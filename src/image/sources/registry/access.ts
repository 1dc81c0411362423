import type { Resolve } from './boundary.ts';

/** Who asks a registry: a user and a password, or a token that its token server exchanges for others. */
export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'identity-token'; readonly token: string };

/** How registries are reached. */
export interface RegistryAccess {
  /** Hosts, with their port, that may be asked without TLS; loopback ones always may. */
  readonly insecure: readonly string[];
  /** PEM of authorities that are trusted besides those of the system. */
  readonly authorities?: string;
  /** Hosts of token servers that a person named, by the host of their registry; others get no credentials. */
  readonly tokenServers?: Readonly<Record<string, string>>;
  /** Who asks the registry of this host; `undefined`: nobody. */
  credentials(host: string): Promise<Credentials | undefined>;
  readonly patience: Patience;
  /** Finds the addresses of a name; the system's resolver unless said. */
  readonly resolve?: Resolve;
  /** Ends whatever is being asked, down to its connection. */
  readonly signal?: AbortSignal;
}

/** For one question: aborts after `milliseconds`, or when nothing is to be asked any more. */
export function patienceSignal({ signal }: Pick<RegistryAccess, 'signal'>, milliseconds: number): AbortSignal {
  const own = AbortSignal.timeout(milliseconds);
  return signal === undefined ? own : AbortSignal.any([signal, own]);
}

export interface Patience {
  /** Milliseconds without a byte. */
  readonly idle: number;
  /** Milliseconds for one document. */
  readonly document: number;
  /** Milliseconds for one layer. */
  readonly layer: number;
}

export const usualPatience: Patience = { idle: 30_000, document: 60_000, layer: 30 * 60_000 };

/** Registries that anyone may read, over TLS. */
export const anonymousAccess: RegistryAccess = {
  insecure: [],
  credentials: async () => undefined,
  patience: usualPatience,
};

/** Whether a host may be asked without TLS. `host` with its port, as in URLs. */
export function mayBeInsecure(host: string, { insecure }: Pick<RegistryAccess, 'insecure'>): boolean {
  return isLoopback(host) || insecure.includes(host);
}

function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}

/** Where the registry of a domain is served: Docker Hub is elsewhere than its name says. */
export function servedAt(domain: string): string {
  return domain === 'docker.io' ? 'registry-1.docker.io' : domain;
}
