import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#base/index.ts';
import type { BodyLimits } from '../endpoint.ts';
import type { FileReply } from '../fields.ts';
import { limits } from '../limits.ts';
import type { ReceivedBody } from './body.ts';
import type { BodyHold, BodyQuota } from './body-quota.ts';
import type { ChildPool } from './child-pool.ts';
import type { Cookies } from './cookies.ts';
import { admit, type Guard } from './guard.ts';
import { inRequest } from './in-request.ts';
import { callerOf } from './limits.ts';
import type { HandlerContext, Route } from './route.ts';
import type { Principal } from './principal.ts';
import { bodyTask, checked } from './sent-body.ts';

/** What serving one endpoint needs from the server. */
export interface OperationOptions extends Guard {
  readonly closing: AbortSignal;
  readonly children?: ChildPool;
  readonly cookies: Cookies;
  readonly quota: BodyQuota;
  /** The share of each request's body. */
  readonly holds: WeakMap<FastifyRequest, BodyHold>;
}

/** Adds one endpoint: who may call is decided before the body is read; input and reply are checked by its schemas. */
export function serveRoute(app: FastifyInstance, route: Route, options: OperationOptions): void {
  const { endpoint } = route;
  const { rateLimit } = route.options;
  const toBody = bodyReader(route, options);
  const admitted = new WeakMap<FastifyRequest, Principal>();
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    config: {
      ...(endpoint.limits === undefined ? {} : { bodyLimits: endpoint.limits }),
      ...(rateLimit === undefined
        ? {}
        : { rateLimit: { max: rateLimit.requests, timeWindow: rateLimit.seconds * 1000 } }),
    },
    onRequest: async (request, reply) => {
      const principal = await admit({ request, reply }, endpoint, options);
      if (principal !== undefined) admitted.set(request, principal);
      holdFor({ request, reply, principal }, options);
    },
    handler: async (request, reply) => {
      const context = contextOf({ request, reply }, admitted, options);
      const params = checked(endpoint.params, sound(request.params, 'params'), 'params');
      const query = checked(endpoint.query, sound(request.query, 'query'), 'query');
      const body = await toBody(request, context);
      const answer = await inRequest(() => route.handle({ params, query, body, ...context }));
      reply.code(endpoint.status ?? 200).header('cache-control', 'no-store');
      const checkedReply = endpoint.reply.parse(answer);
      return endpoint.files === undefined ? checkedReply : sendFile(reply, checkedReply as FileReply);
    },
  });
}

/** Sent part by part, as fast as the caller reads. */
function sendFile(reply: FastifyReply, { type, name, parts }: FileReply): FastifyReply {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  return reply
    .header('content-type', type)
    .header('content-length', bytes)
    .header('content-disposition', `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, '-')}"`)
    .send(Readable.from(parts));
}

/** Throws `bad-request` for texts that no store takes, whatever the schema says: NUL, and half of a surrogate pair. */
function sound(value: unknown, part: string): unknown {
  for (const [name, text] of Object.entries(Object(value) as Record<string, unknown>))
    for (const one of Array.isArray(text) ? text : [text])
      if (typeof one === 'string' && (one.includes('\0') || !one.isWellFormed()))
        throw new AppError('bad-request', `${part}.${name.slice(0, 64)}: it holds a character that is no text.`);
  return value;
}

interface Caller {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly principal: Principal | undefined;
}

function holdFor({ request, reply, principal }: Caller, { quota, holds }: OperationOptions): void {
  const hold = quota.open(callerOf(request, principal));
  holds.set(request, hold);
  reply.raw.once('close', hold.release);
}

/** What the handler gets for the body: parsed and checked here when it is small, else in a child process. */
function bodyReader(
  { endpoint, task = bodyTask(endpoint) }: Route,
  { children }: OperationOptions,
): (request: FastifyRequest, context: HandlerContext) => Promise<unknown> {
  return async (request, { principal, request: { signal } }) => {
    if (endpoint.body === undefined) return undefined;
    const received = request.body as ReceivedBody | undefined;
    if (received === undefined) return checked(endpoint.body, undefined, 'body');
    const input = { sent: received.sent, ...(principal === undefined ? {} : { principal }) };
    if (children === undefined || isSmall(received.counted)) return await task.run(input);
    return await children.run(task, input, { caller: callerOf(request, principal), signal });
  };
}

function isSmall({ bytes, tokens }: BodyLimits): boolean {
  return bytes <= limits.parsedHereBytes.value && tokens <= limits.parsedHereTokens.value;
}

function contextOf(
  at: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  admitted: WeakMap<FastifyRequest, Principal>,
  { closing, cookies }: OperationOptions,
): HandlerContext {
  const { request, reply } = at;
  const principal = admitted.get(request);
  return {
    ...(principal === undefined ? {} : { principal }),
    request: {
      ip: request.ip,
      cookies: request.cookies,
      requestId: request.id,
      signal: AbortSignal.any([closing, goneSignal(reply)]),
    },
    reply: {
      setCookie: (name, value, maxAge) => cookies.set(at, name, { value, maxAge }),
      clearCookie: (name) => cookies.clear(at, name),
    },
  };
}

/** Fires when the connection closes before the reply was written. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort();
  });
  return gone.signal;
}
