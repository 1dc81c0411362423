import { messageOf } from '#base/index.ts';
import { type ChildPool, createServer, type Observe, type Route, type Server } from '#http/console/index.ts';
import { linkServerName } from '../contract.ts';
import { agentOfCertificate } from './authenticate.ts';
import { authoritiesChannel } from './authorities.ts';
import { endedChannel } from './facts.ts';
import type { HeldAuthorities } from './held-authorities.ts';
import type { Dependencies } from './dependencies.ts';
import { isCurrent, makeServerCertificate, type ServerCertificate } from './server-certificate.ts';
import { markSilent, silenceLook } from './silence.ts';

/** Milliseconds between two looks whether certificate and authorities are to be renewed. */
const certificateLook = 60 * 60_000;

export interface ServeOptions {
  readonly routes: readonly Route[];
  readonly hostNames: readonly string[];
  readonly authorities: HeldAuthorities;
  readonly children?: ChildPool;
  readonly observe?: Observe;
}

/** The link's port at work. */
export interface ServedLink {
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves agents, ends connections of those that are revoked, and looks for silent ones. */
export async function serveLink(
  dependencies: Dependencies,
  options: ServeOptions,
  at: { readonly host: string; readonly port: number },
): Promise<ServedLink> {
  const { store, clock, log } = dependencies;
  const names = { clock, hostNames: options.hostNames };
  let shown = await makeServerCertificate(await options.authorities.current(), names);
  const server = await openServer(dependencies, options, shown);
  const renew = async (): Promise<void> => {
    const authorities = await options.authorities.renew();
    if (isCurrent(shown, authorities, clock())) return;
    shown = await makeServerCertificate(authorities, names);
    server.renewTls(shown.tls);
  };
  const careful = (work: () => Promise<void>, what: string) => () =>
    void work().catch((error: unknown) => log.warn({ error: messageOf(error) }, what));
  const renewing = careful(renew, 'The certificate of the link could not be renewed.');
  const started = clock();
  const looking = careful(() => markSilent(dependencies, started), 'Silent agents could not be looked for.');
  const deaf = [
    await store.listen(
      endedChannel,
      (notice) => endConnections(server, notice),
      () => server.endConnections(),
    ),
    await store.listen(authoritiesChannel, renewing, renewing),
  ];
  const timers = [setInterval(looking, silenceLook), setInterval(renewing, certificateLook)];
  const close = async (): Promise<void> => {
    for (const timer of timers) clearInterval(timer);
    for (const one of deaf) await one().catch(() => undefined);
    await server.close();
  };
  try {
    return { ...(await server.listen(at)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openServer(
  dependencies: Dependencies,
  { routes, children, observe }: ServeOptions,
  { tls }: ServerCertificate,
): Promise<Server> {
  return createServer({
    routes,
    authenticate: async ({ certificate }) =>
      certificate === undefined ? undefined : agentOfCertificate(dependencies, certificate),
    // Agents ask for this name whatever address they dial.
    hostNames: [linkServerName],
    log: dependencies.log,
    ...(children === undefined ? {} : { children }),
    ...(observe === undefined ? {} : { observe }),
    tls,
  });
}

function endConnections(server: Server, notice: unknown): void {
  if (typeof notice !== 'object' || notice === null || !('fingerprints' in notice)) return;
  if (!Array.isArray(notice.fingerprints)) return;
  for (const fingerprint of notice.fingerprints) server.endConnections(String(fingerprint));
}
