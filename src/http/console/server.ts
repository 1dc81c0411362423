import type { Log } from '#base/index.ts';
import type { ChildPool } from './child-pool.ts';
import type { Route, Stream } from './route.ts';
import type { Principal } from './principal.ts';
import type { SocketBounds } from './socket-guard.ts';
import type { SecureConnections, ServerTls } from './tls.ts';

/** What a request says about who sent it. Never log it. */
export interface Credentials {
  /** The `Authorization` header as sent. */
  readonly authorization?: string;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  /** DER of the caller's certificate, issued by one of the authorities of `tls`; only servers with TLS see one. */
  readonly certificate?: Buffer;
  /** `renew` counts as activity of the session; `check` only asks whether it still holds. */
  readonly purpose: 'renew' | 'check';
  /** Where the request comes from. */
  readonly address?: string;
}

/** Requests to the API that are answered one caller in `seconds`; more are `too-many-requests`. */
export interface CallerLimits {
  readonly seconds: number;
  /** Of one user over all pages, one token, one agent. */
  readonly user: number;
  readonly token: number;
  readonly agent: number;
  /** Of one address (IPv6: /64), without valid credentials. */
  readonly stranger: number;
}

export interface ServerOptions {
  readonly routes: readonly Route[];
  readonly streams?: readonly Stream[];
  /** Gives nothing for missing, wrong, expired and revoked credentials alike. */
  readonly authenticate: (credentials: Credentials) => Promise<Principal | undefined>;
  /** Host names served besides the loopback ones, without port. */
  readonly hostNames: readonly string[];
  /**
   * Proxies whose `X-Forwarded-*` headers are believed, as addresses, CIDR ranges or `loopback`; none unless said. They
   * tell the caller's address and whether the request came over TLS.
   */
  readonly trustProxy?: readonly string[];
  /** Address of the pages as people open them: with https its cookies are `Secure`, also behind a proxy that says nothing. */
  readonly origin?: string;
  /** How much one caller may ask; `usualLimits` unless said. */
  readonly limits?: CallerLimits;
  /** How many connections; `usualSockets` unless said. */
  readonly sockets?: SocketBounds;
  readonly log: Log;
  /** Where large bodies are parsed; without it in this process, as tests and benches do. */
  readonly children?: ChildPool;
  /** Serves TLS 1.3 in the place of plain HTTP. */
  readonly tls?: ServerTls;
  /** Folder of the built web pages; without it only the API is served. */
  readonly webFolder?: string;
  /** Milliseconds between two heartbeats of a stream; 15,000 unless said. */
  readonly heartbeat?: number;
}

/** A request that needs no port, for tests. */
export interface InjectedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON. */
  readonly payload?: string | object | Buffer;
}

export interface InjectedReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, number | string | string[] | undefined>>;
  readonly body: string;
  readonly cookies: readonly { readonly name: string; readonly value: string; readonly [attribute: string]: unknown }[];
}

export interface Server {
  /** Port 0 takes any free one. Throws `AppError` `port-in-use`. */
  listen(at: {
    readonly host: string;
    readonly port: number;
  }): Promise<{ readonly origin: string; readonly port: number }>;
  /** The whole server without a port. */
  inject(request: InjectedRequest): Promise<InjectedReply>;
  readonly renewTls: SecureConnections['renew'];
  readonly endConnections: SecureConnections['end'];
  /** Ends open streams, lets requests under way finish, frees the port. */
  close(): Promise<void>;
}
