import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { AppError, isAppError } from '#base/index.ts';
import { countBody, guardSockets, type SocketGuard, socketOptions, usualSockets } from '#http/console/index.ts';
import type { Cluster } from '../../contract.ts';
import { reviewLimit } from '../../kubernetes/review.ts';
import { type AnsweringDependencies, answerRequest, clusterOfPath, describeFailure } from './answer-request.ts';

/** Milliseconds until a review is there; an API server sends one at once. */
const requestTimeout = 15_000;
/** Structural tokens and levels of a review; the largest object of a cluster has far fewer. */
const mostTokens = 500_000;
const deepest = 128;

export interface ListenDependencies extends AnsweringDependencies {
  /** The cluster that a key belongs to. */
  readonly findCluster: (asked: { readonly name: string; readonly key: string }) => Promise<Cluster | undefined>;
}

/** Key and certificate, PEM. */
export interface ShownCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** An HTTPS server that answers reviews and nothing else. Who asks is known before a body is read. */
export function reviewServer(dependencies: ListenDependencies, shown: ShownCertificate): Server {
  const server = createServer(
    {
      ...socketOptions,
      ...secureContext(shown),
      requestTimeout,
    },
    (request, response) => void serve({ request, response }, dependencies, sockets),
  );
  const sockets = guardSockets(server, usualSockets);
  return server;
}

export function secureContext({ key, certificate }: ShownCertificate) {
  return { key, cert: certificate, minVersion: 'TLSv1.3' } as const;
}

/** A review that is to be answered. */
interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function serve(
  { request, response }: Asked,
  dependencies: ListenDependencies,
  sockets: SocketGuard,
): Promise<void> {
  try {
    if (request.url === '/healthz' && request.method === 'GET') return send(response, 200, {});
    const cluster = await clusterOf(request, dependencies);
    // The addresses of API servers are not known; the key of a cluster is.
    sockets.trust(request.socket, `cluster ${cluster.name}`);
    const { reply, note } = await answerRequest(await bodyOf(request), cluster, dependencies);
    send(response, 200, reply);
    note();
  } catch (error) {
    const requestId = randomUUID();
    if (!isAppError(error))
      dependencies.log.error({ requestId, error: describeFailure(error) }, 'A review was not answered.');
    const { code, status, message, next } = isAppError(error)
      ? error
      : new AppError('internal', `The console met a fault of its own (request ${requestId}).`);
    if (!request.complete) response.setHeader('connection', 'close');
    send(response, status, { error: { code, message, next, requestId } });
    request.resume();
  }
}

async function clusterOf(request: IncomingMessage, { findCluster }: ListenDependencies): Promise<Cluster> {
  const asked = clusterOfPath(request.url ?? '');
  if (request.method !== 'POST') throw new AppError('not-found', 'Reviews are sent with POST.');
  const cluster = await findCluster(asked);
  if (cluster === undefined)
    throw new AppError('not-allowed', 'No connected cluster has this key.', {
      next: 'Connect the cluster again with `seawall gate kubernetes`, and apply the manifest.',
    });
  const kind = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (kind !== 'application/json') throw new AppError('unsupported-media', 'A review is sent as application/json.');
  return cluster;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const counter = countBody({ bytes: reviewLimit, tokens: mostTokens, depth: deepest });
  for await (const chunk of request as AsyncIterable<Buffer>) {
    counter.add(chunk);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed || response.headersSent) return;
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': text.length,
  });
  response.end(text);
}
