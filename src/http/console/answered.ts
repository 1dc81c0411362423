import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answered } from './server.ts';

/** What measurements count of an answer. Routes are as many as there are endpoints, whatever is asked for. */
export function answeredOf(request: FastifyRequest, reply: FastifyReply): Answered {
  const { method, is404, routeOptions } = request;
  const { url } = routeOptions;
  const isStream = String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream');
  return {
    method,
    route: is404 || url === undefined ? 'none' : url.includes('*') ? 'pages' : url,
    status: reply.statusCode,
    ...(isStream ? {} : { seconds: reply.elapsedTime / 1000 }),
  };
}
