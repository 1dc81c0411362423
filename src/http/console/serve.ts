import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import { AppError, type ErrorCode, type ErrorEntry, errorCatalogue, type Log, messageOf } from '#base/index.ts';
import type { BodyLimits } from '../endpoint.ts';
import { limits } from '../limits.ts';
import { answeredOf } from './answered.ts';
import { readBody } from './body.ts';
import { openBodyQuota } from './body-quota.ts';
import { compressAnswers } from './compress.ts';
import { answerClientError } from './client-error.ts';
import { type Cookies, cookiesOf } from './cookies.ts';
import { forwardedAddresses } from './forwarded.ts';
import { failureBody, toAppError } from './failure.ts';
import { admit, checkHost } from './guard.ts';
import { callerCounter, callerOf, usualLimits } from './limits.ts';
import { openApiRoute } from './openapi-route.ts';
import { type OperationOptions, serveRoute } from './operation.ts';
import { servePages } from './pages.ts';
import type { Stream } from './route.ts';
import type { Principal } from './principal.ts';
import type { InjectedReply, Server, ServerOptions } from './server.ts';
import { closeServer } from './close-server.ts';
import { guardSockets, type SocketBounds, socketOptions, usualSockets } from './socket-guard.ts';
import { openStreamQuota, type StreamQuota } from './stream-quota.ts';
import { serveStream } from './streams.ts';
import { secureConnections, secureOptions } from './tls.ts';

const usualHeartbeat = 15_000;
const usualBody: BodyLimits = {
  bytes: limits.bodyBytes.value,
  tokens: limits.bodyTokens.value,
  depth: limits.bodyDepth.value,
};
/** Characters of a path that the log keeps. */
const longestPath = 512;

/** Joins routes, streams and pages to one server. It refuses before it reads a body, and checks what it answers. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const closing = new AbortController();
  const app = openApp(options);
  const secure = secureConnections(app);
  const socketGuard = guardSockets(app.server, options.sockets ?? socketsBehind(options.trustProxy));
  const holds: OperationOptions['holds'] = new WeakMap();
  prepare(app, options, holds);
  const cookies = cookiesOf(options.origin);
  await addProtection(app, cookies);
  await compressAnswers(app);
  const count = callerCounter(app, options.limits ?? usualLimits);
  const serving = { ...options, cookies, count, closing: closing.signal, quota: openBodyQuota(), holds, socketGuard };
  const streamQuota = openStreamQuota();
  const { routes, streams = [] } = options;
  for (const one of [...routes, openApiRoute(routes, streams)]) serveRoute(app, one, serving);
  for (const one of streams) addStream(app, one, { ...serving, streamQuota });
  await servePages(app, options.webFolder);
  await app.ready();
  return {
    listen: (at) => listen(app, at),
    renewTls: secure.renew,
    endConnections: secure.end,
    inject: async ({ method, url, headers, payload }): Promise<InjectedReply> =>
      app.inject({ method, url, headers: { ...headers }, ...(payload === undefined ? {} : { payload }) }),
    close: async () => {
      closing.abort();
      await closeServer(app);
    },
  };
}

function openApp({ log, tls, trustProxy = [] }: ServerOptions): FastifyInstance {
  const options: FastifyServerOptions = {
    genReqId: () => randomUUID(),
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => void fail(error, { request, reply, log }),
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    requestTimeout: socketOptions.requestTimeout,
    keepAliveTimeout: socketOptions.keepAliveTimeout,
    routerOptions: { maxParamLength: 512 },
    trustProxy: trustProxy.length > 0 && [...trustProxy],
  };
  // Fastify types a server with TLS apart; nothing here depends on the difference.
  return tls === undefined
    ? Fastify({ ...options, http: socketOptions } as FastifyServerOptions)
    : (Fastify({
        ...options,
        https: { ...socketOptions, ...secureOptions(tls) },
      } as FastifyServerOptions) as FastifyInstance);
}

/** A proxy is one address for all who come through it. */
function socketsBehind(trustProxy: readonly string[] = []): SocketBounds {
  return trustProxy.length === 0 ? usualSockets : { ...usualSockets, perAddress: usualSockets.total / 4 };
}

function prepare(app: FastifyInstance, options: ServerOptions, holds: OperationOptions['holds']): void {
  const { hostNames, log, observe } = options;
  app.addHook('onRequest', async ({ raw }) => keepAddresses(raw.headers));
  app.addHook('onRequest', async (request) => checkHost(request, hostNames));
  app.addHook('onResponse', async (request, reply) => {
    record(log, request, reply);
    observe?.(answeredOf(request, reply));
  });
  app.setErrorHandler((error, request, reply) => fail(error, { request, reply, log }));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', (request: FastifyRequest, payload: IncomingMessage) =>
    readBody(payload, {
      encoding: request.headers['content-encoding'],
      length: request.headers['content-length'],
      limits: (request.routeOptions.config as { readonly bodyLimits?: BodyLimits }).bodyLimits ?? usualBody,
      hold: (bytes) => holds.get(request)?.grow(bytes),
    }),
  );
}

/** Before anybody asks where a request came from. */
function keepAddresses(headers: IncomingMessage['headers']): void {
  const { 'x-forwarded-for': said } = headers;
  if (said !== undefined) headers['x-forwarded-for'] = forwardedAddresses(String(said)).join(', ');
}

async function addProtection(app: FastifyInstance, cookies: Cookies): Promise<void> {
  await app.register(cookie);
  app.addHook('onRequest', async (request) => void (request.cookies = cookies.read(request)));
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { after }) =>
      new AppError('too-many-requests', `Too many requests; the next is answered in ${after}.`),
  });
}

type StreamServing = Omit<ServerOptions, 'sockets'> & OperationOptions & { readonly streamQuota: StreamQuota };

function addStream(app: FastifyInstance, stream: Stream, options: StreamServing): void {
  const admitted = new WeakMap<FastifyRequest, Principal>();
  const { authenticate, closing, log, heartbeat = usualHeartbeat } = options;
  app.get(stream.path, {
    onRequest: async (request, reply) => {
      const principal = await admit({ request, reply }, stream, options);
      if (principal !== undefined) admitted.set(request, principal);
      reply.raw.once('close', options.streamQuota.enter(callerOf(request, principal), principal));
    },
    handler: (request, reply) =>
      serveStream(
        { stream, principal: admitted.get(request) },
        { request, reply },
        { authenticate, heartbeat, closing, log },
      ),
  });
}

async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<{ readonly origin: string; readonly port: number }> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    throw new AppError('port-in-use', `Another program listens on port ${port} of ${host}.`, { cause });
  }
  const taken = (app.server.address() as AddressInfo).port;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const scheme = app.server instanceof HttpsServer ? 'https' : 'http';
  return { origin: `${scheme}://${name}:${taken}`, port: taken };
}

/** Codes of PostgreSQL that does not serve. */
const ofStore: ReadonlySet<ErrorCode> = new Set(['store-busy', 'store-full', 'store-unavailable']);

function fail(
  error: unknown,
  { request, reply, log }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly log: Log },
): FastifyReply {
  const failure = toAppError(error, request.id);
  const context = { ...contextOf(request), error: reasonOf(error) };
  if (failure.code === 'internal') log.error(context, 'A request failed.');
  if (ofStore.has(failure.code)) log.warn(context, 'PostgreSQL did not serve a request.');
  const entry: ErrorEntry = errorCatalogue[failure.code];
  const retryAfter = failure.retryAfter ?? entry.retryAfter;
  if (retryAfter !== undefined && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfter);
  // Fastify closes the connection of a refused body at once, and its sender never sees why; `readBody` closes it later.
  reply.removeHeader('connection');
  return reply.code(failure.status).header('cache-control', 'no-store').send(failureBody(failure, request.id));
}

/** Never the query, headers or bodies: they may hold secrets. */
function contextOf(request: FastifyRequest): object {
  return {
    requestId: request.id,
    method: request.method,
    path: request.url.split('?')[0]?.slice(0, longestPath),
    ip: request.ip,
  };
}

function record(log: Log, request: FastifyRequest, reply: FastifyReply): void {
  log.debug(
    { ...contextOf(request), status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime) },
    'Answered a request.',
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}
