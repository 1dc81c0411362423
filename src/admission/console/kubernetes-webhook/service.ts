import { randomBytes } from 'node:crypto';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { AppError, messageOf } from '#base/index.ts';
import { authorOf } from '#access/console/index.ts';
import { type Route, route } from '#http/console/index.ts';
import type { ServerCertificate } from '#link/console/index.ts';
import { connectCluster, disconnectCluster, listClusters } from '../../contract.ts';
import { pathOfCluster } from './answer-request.ts';
import { findCluster, pruneWanted, readClusters, readWanted, removeCluster, saveCluster } from './clusters.ts';
import { openKnowledge } from './knowledge.ts';
import { reviewServer, secureContext } from './listen.ts';
import { openRecorder, type RecorderDependencies } from './record.ts';

/** Service and namespace that the manifest names; its certificate holds for them. */
export const webhookService = 'seawall-webhook.seawall.svc';

/** Milliseconds between two looks whether the certificate is to be renewed. */
const certificateLook = 60 * 60_000;

export interface WebhookDependencies extends RecorderDependencies {
  /** Names of this console besides that of the service. */
  readonly hostNames: readonly string[];
  /** A certificate for these names by the authority of the link. */
  readonly certify: (hostNames: readonly string[], held?: ServerCertificate) => Promise<ServerCertificate>;
}

/** The validating admission webhook of Kubernetes, on a port of its own. */
export interface KubernetesWebhook {
  /** For people, on the console's own port. */
  readonly routes: readonly Route[];
  /** Port 0 takes any free one. Throws `AppError` `port-in-use`. */
  start(at: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  /** Now and then. */
  prune(now: Date): Promise<void>;
  /** Lets reviews under way finish, stores what was decided, frees the port. */
  close(): Promise<void>;
}

export function createKubernetesWebhook(dependencies: WebhookDependencies): KubernetesWebhook {
  const { store, clock } = dependencies;
  const hostNames = [webhookService, ...dependencies.hostNames];
  let served: ServedWebhook | undefined;
  return {
    routes: [
      route(listClusters, async () => ({
        clusters: [...(await readClusters(store, clock()))],
        wanted: [...(await readWanted(store, clock()))],
      })),
      route(connectCluster, async ({ params: { name }, body, principal, request }) => {
        const key = randomBytes(32).toString('hex');
        const at = { author: authorOf(principal, request), now: clock() };
        await saveCluster(store, { name, ...body, key }, at);
        const { tls } = await dependencies.certify(hostNames);
        return { path: pathOfCluster(name, key), authority: tls.authorities.join('\n') };
      }),
      route(disconnectCluster, async ({ params: { name }, principal, request }) => {
        await removeCluster(store, name, authorOf(principal, request));
        return {};
      }),
    ],
    start: async (at) => {
      served = await serveWebhook(dependencies, { ...at, hostNames });
      return { port: served.port };
    },
    prune: async (now) => await pruneWanted(store, now),
    close: async () => await served?.close(),
  };
}

interface ServedWebhook {
  readonly port: number;
  close(): Promise<void>;
}

async function serveWebhook(
  dependencies: WebhookDependencies,
  { hostNames, ...at }: { readonly host: string; readonly port: number; readonly hostNames: readonly string[] },
): Promise<ServedWebhook> {
  const { store, clock, log } = dependencies;
  let shown = await dependencies.certify(hostNames);
  const recorder = openRecorder(dependencies);
  const server = reviewServer(
    {
      clock,
      log,
      recorder,
      knowledge: openKnowledge({ store, clock }),
      findCluster: async (asked) => await findCluster(store, asked),
    },
    shown.tls,
  );
  const renew = async (): Promise<void> => {
    const next = await dependencies.certify(hostNames, shown);
    if (next !== shown) server.setSecureContext(secureContext(next.tls));
    shown = next;
  };
  const port = await listen(server, at);
  const timer = setInterval(
    () =>
      void renew().catch((error: unknown) =>
        log.warn({ error: messageOf(error) }, 'The certificate of the webhook could not be renewed.'),
      ),
    certificateLook,
  );
  return {
    port,
    close: async () => {
      clearInterval(timer);
      await ended(server);
      await recorder.close();
    },
  };
}

async function listen(server: Server, at: { readonly host: string; readonly port: number }): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: Error & { readonly code?: string }) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new AppError('port-in-use', `Another program listens on port ${at.port} of ${at.host}.`, {
              next: 'Stop it, or choose another port with --webhook-port.',
              cause,
            })
          : cause,
      ),
    );
    server.listen(at, resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function ended(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
