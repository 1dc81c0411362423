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
    params: checked(endpoint.params, sound(request.params, 'params'), 'params'),
    query: checked(endpoint.query, sound(request.query, 'query'), 'query'),
    body: checked(endpoint.body, request.body, 'body'),
  };
}

/** Throws `bad-request` for texts that no store takes, whatever the schema says: NUL, and half of a surrogate pair. */
function sound(value: unknown, part: string): unknown {
  for (const [name, text] of Object.entries(Object(value) as Record<string, unknown>))
    for (const one of Array.isArray(text) ? text : [text])
      if (typeof one === 'string' && (one.includes('\0') || !one.isWellFormed()))
        throw new AppError('bad-request', `${part}.${name.slice(0, 64)}: it holds a character that is no text.`);
  return value;
}

/** Names the fields and what is wrong with them, never their values: a value may be a secret. */
function checked(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  if (schema === undefined) return undefined;
  const result = parsed(schema, value, part);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5).map(({ path, message }) => `${[part, ...path].join('.')}: ${message}`);
  throw new AppError('bad-request', `The request does not have the expected form. ${issues.join('; ')}`);
}

/** A value can be nested deeper than a schema that nests itself can follow. */
function parsed(schema: z.ZodType, value: unknown, part: string): z.ZodSafeParseResult<unknown> {
  try {
    return schema.safeParse(value);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new AppError('bad-request', `${part}: it is nested too deep.`, { cause });
  }
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
