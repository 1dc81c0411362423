import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#base/index.ts';
import { limits } from '../limits.ts';
import type { Principal } from './principal.ts';
import type { CallerLimits } from './server.ts';

/** Far above what open pages, builds and agents ask, far below what would keep others from being answered. */
export const usualLimits: CallerLimits = {
  seconds: 10,
  user: limits.requestsOfUser.value,
  token: limits.requestsOfToken.value,
  agent: limits.requestsOfAgent.value,
  stranger: limits.requestsOfStranger.value,
};

/** Counts a request of a caller. Throws `AppError` `too-many-requests` with a `Retry-After`. */
export type CountCaller = (
  at: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  principal: Principal | undefined,
) => Promise<void>;

/** Counts by user, token or agent; who has no valid credentials is counted by address, and so slows down no one else. */
export function callerCounter(app: FastifyInstance, bounds: CallerLimits): CountCaller {
  const keys = new WeakMap<FastifyRequest, string>();
  const check = app.createRateLimit({
    timeWindow: bounds.seconds * 1000,
    keyGenerator: (request) => keys.get(request) ?? '',
    max: (_, key) => bounds[kindOf(key)],
  });
  return async ({ request, reply }, principal) => {
    keys.set(request, callerOf(request, principal));
    const count = await check(request);
    if (count.isAllowed || !count.isExceeded) return;
    reply.header('retry-after', count.ttlInSeconds);
    throw new AppError('too-many-requests', `Too many requests; the next is answered in ${count.ttlInSeconds} s.`);
  };
}

/** Where a caller comes from, as far as one subscriber of a network has addresses to choose from. */
export interface Network {
  /** The IPv4 address, or the /64 of an IPv6 address. */
  readonly own: string;
  /** The /48 around it; the same for IPv4. */
  readonly around: string;
}

export function networkOf(ip: string): Network {
  const own = rateLimit.normalizeIP(ip, 64);
  return { own, around: own.includes(':') ? `${rateLimit.normalizeIP(ip, 48)}/48` : own };
}

type Kind = Exclude<keyof CallerLimits, 'seconds'>;

/** Names a caller: `user ID`, `token ID`, `agent ID`, or `stranger ADDRESS`. */
export function callerOf(request: FastifyRequest, principal: Principal | undefined): string {
  const kind: Kind = principal?.kind ?? 'stranger';
  return `${kind} ${principal?.id ?? networkOf(request.ip).own}`;
}

function kindOf(key: string): Kind {
  const kind = key.split(' ')[0];
  return kind === 'user' || kind === 'token' || kind === 'agent' ? kind : 'stranger';
}
