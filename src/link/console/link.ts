import { randomBytes, X509Certificate } from 'node:crypto';
import { AppError, type Clock, isAppError, type Log } from '#base/index.ts';
import type { Author } from '#access/console/index.ts';
import type { ChildPool, Observe, Route } from '#http/console/index.ts';
import type { BodyInput, Task } from '#http/console/tasks.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Store } from '#store/index.ts';
import type { createJoinToken } from '../contract.ts';
import { readAgents } from './agents.ts';
import { batchTask, type PreparedBatch } from './batch-task.ts';
import { readAuthorities, rotateAuthority } from './authorities.ts';
import { holdAuthorities } from './held-authorities.ts';
import { makeJoinToken, type NewJoinToken } from './join-tokens.ts';
import type { FactHandler, Dependencies } from './dependencies.ts';
import { urlForHosts } from './reach.ts';
import { agentRoutes, peopleRoutes } from './routes.ts';
import { type ServedLink, serveLink } from './serve-link.ts';
import { isCurrent, makeServerCertificate, type ServerCertificate } from './server-certificate.ts';

export interface LinkOptions {
  /** Told of each answer to an agent. */
  readonly observe?: Observe;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The key that opens the keys in the store; `readMasterKey(FILE)`. */
  readonly masterKey: () => Buffer;
  /** Names of this console in its certificate, besides the loopback ones. */
  readonly hostNames: readonly string[];
  /** Where agents dial: `https://console.example:8084`; port 0 stands for the one that `start` got. */
  readonly linkUrl: () => string;
  /** Addresses of this machine that other hosts may reach, for a link that listens on all of them; none unless told. */
  readonly addresses?: () => readonly string[];
  /** By kind of fact; each belongs to the domain that the fact is of. */
  readonly handlers: Readonly<Record<string, FactHandler>>;
  /** Parses batches, `batchTask` with a preparer for each kind of fact; the children's program lists it too. */
  readonly batch?: Task<BodyInput, PreparedBatch>;
  /** Where large bodies are parsed; without it in this process. */
  readonly children?: ChildPool;
  /** The newest head of the evidence log, for agents to keep; missing: there is no such log. */
  readonly evidenceHead?: Dependencies['evidenceHead'];
  /** What other domains serve to agents. */
  readonly routes?: readonly Route[];
}

/** The console's end of the link. */
export interface Link {
  /** For people, on the console's own port. */
  readonly routes: readonly Route[];
  /** Serves agents, on port 8084 usually. Throws `AppError`: `port-in-use`, `master-key-wrong`. */
  start(at: {
    readonly host: string;
    readonly port: number;
  }): Promise<{ readonly origin: string; readonly port: number }>;
  /** For programs of the console's own machine. */
  createJoinToken(wanted: NewJoinToken, author: Author): Promise<ReplyOf<typeof createJoinToken>>;
  /** Whether an agent ever joined. */
  hasAgents(): Promise<boolean>;
  /** Since when the authority holds that serves agents. */
  authorityFrom(): Promise<Date>;
  /** Makes a new authority; agents learn of it when they renew, and consoles serve by it after 31 days. */
  rotateAuthority(author: Author): Promise<void>;
  /**
   * A certificate of this console for another port of it, by the authority that join tokens name. Gives `held` back
   * while that still stands for these authorities.
   */
  certifyServer(hostNames: readonly string[], held?: ServerCertificate): Promise<ServerCertificate>;
  /** Lets requests under way finish, then frees the port. */
  close(): Promise<void>;
}

export function createLink(options: LinkOptions): Link {
  const authorities = holdAuthorities(() => readAuthorities(options));
  const { store, clock, log, handlers, batch = batchTask({}) } = options;
  let served: ServedLink | undefined;
  let host = '127.0.0.1';
  const linkUrl = (): string => addressOf(options.linkUrl(), served?.port);
  const dependencies: Dependencies = {
    store,
    clock,
    log,
    random: randomBytes,
    authorities: authorities.current,
    linkUrl,
    urlForHosts: () => urlForHosts({ url: linkUrl(), host, addresses: options.addresses?.() ?? [] }),
    handlers,
    batch,
    ...(options.evidenceHead && { evidenceHead: options.evidenceHead }),
  };
  const routes = [...agentRoutes(dependencies), ...(options.routes ?? [])];
  return {
    routes: peopleRoutes(dependencies),
    start: async (at) => {
      host = at.host;
      served = await serveLink(dependencies, { ...options, routes, authorities }, at).catch(namingOption);
      return { origin: served.origin, port: served.port };
    },
    createJoinToken: (wanted, author) => makeJoinToken(dependencies, wanted, author),
    hasAgents: async () => (await readAgents(store)).length > 0,
    authorityFrom: async () => new X509Certificate((await authorities.current()).serving.certificate).validFromDate,
    rotateAuthority: (author) => rotateAuthority(options, author),
    certifyServer: async (hostNames, held) => {
      const current = await authorities.current();
      if (held !== undefined && isCurrent(held, current, clock())) return held;
      return await makeServerCertificate(current, { clock, hostNames });
    },
    close: async () => served?.close(),
  };
}

/** The pages have a port too: which option means this one is not to be guessed. */
function namingOption(error: unknown): never {
  if (!isAppError(error) || error.code !== 'port-in-use') throw error;
  const next =
    'Stop it, or choose another port for agents: `npm start -- --link-port 8094`, or `seawall console --link-port 8094`.';
  throw new AppError('port-in-use', error.message, { next, cause: error });
}

function addressOf(url: string, port: number | undefined): string {
  return port === undefined ? url : url.replace(/:0$/, `:${port}`);
}
