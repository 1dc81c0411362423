import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AppError } from '#base/index.ts';
import { admit, type Guard } from './guard.ts';
import type { HandlerContext, Principal, Route } from './route.ts';

/** What serving one endpoint needs from the server. */
export interface OperationOptions extends Guard {
  readonly closing: AbortSignal;
}

/** Adds one endpoint: who may call is decided before the body is read; input and reply are checked by its schemas. */
export function serveRoute(app: FastifyInstance, route: Route, options: OperationOptions): void {
  const { endpoint } = route;
  const { rateLimit } = route.options;
  const admitted = new WeakMap<FastifyRequest, Principal>();
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    ...(endpoint.bodyLimit === undefined ? {} : { bodyLimit: endpoint.bodyLimit }),
    ...(rateLimit === undefined
      ? {}
      : { config: { rateLimit: { max: rateLimit.requests, timeWindow: rateLimit.seconds * 1000 } } }),
    onRequest: async (request, reply) => {
      const principal = await admit({ request, reply }, endpoint.needs, options);
      if (principal !== undefined) admitted.set(request, principal);
    },
    handler: async (request, reply) => {
      const input = inputOf(route, request);
      const answer = await route.handle({
        ...input,
        ...contextOf(request, reply, { admitted, closing: options.closing }),
      });
      reply.header('cache-control', 'no-store');
      return endpoint.reply.parse(answer);
    },
  });
}

function inputOf({ endpoint }: Route, request: FastifyRequest): Record<'params' | 'query' | 'body', unknown> {
  return {
    params: checked(endpoint.params, request.params, 'params'),
    query: checked(endpoint.query, request.query, 'query'),
    body: checked(endpoint.body, request.body, 'body'),
  };
}

/** Names the fields and what is wrong with them, never their values: a value may be a secret. */
function checked(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5).map(({ path, message }) => `${[part, ...path].join('.')}: ${message}`);
  throw new AppError('bad-request', `The request does not have the expected form. ${issues.join('; ')}`);
}

function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { admitted, closing }: { readonly admitted: WeakMap<FastifyRequest, Principal>; readonly closing: AbortSignal },
): HandlerContext {
  const principal = admitted.get(request);
  return {
    ...(principal === undefined ? {} : { principal }),
    request: { ip: request.ip, requestId: request.id, signal: AbortSignal.any([closing, goneSignal(reply)]) },
    reply: {
      setCookie: (name, value, maxAge) => void reply.setCookie(name, value, { ...cookieForm(request), maxAge }),
      clearCookie: (name) => void reply.clearCookie(name, cookieForm(request)),
    },
  };
}

function cookieForm(request: FastifyRequest): { path: string; httpOnly: true; sameSite: 'strict'; secure: boolean } {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' };
}

/** Fires when the connection closes before the reply was written. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort();
  });
  return gone.signal;
}
