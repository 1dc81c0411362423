import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#base/index.ts';
import { getHealth, getReadiness } from '../contract.ts';
import { type Endpoint, needsWholeView } from '../endpoint.ts';
import { inRequest } from './in-request.ts';
import { callerOf, type CountCaller } from './limits.ts';
import type { Principal } from './principal.ts';
import type { Credentials, ServerOptions } from './server.ts';
import type { SocketGuard } from './socket-guard.ts';
import { certificateOf } from './tls.ts';

const probes: readonly string[] = [getHealth.path, getReadiness.path];
const loopback: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Refuses a host name that is not ours, so that a foreign name cannot be pointed at this console (DNS rebinding). */
export function checkHost(request: FastifyRequest, hostNames: readonly string[]): void {
  // Probes name the address of a container or pod, and learn nothing but that it works.
  if (probes.includes(request.url)) return;
  const host = request.headers.host ?? '';
  const name = host.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase();
  if (loopback.includes(name) || hostNames.some((one) => one.toLowerCase() === name)) return;
  throw new AppError('bad-host', `This console does not serve the host "${name.slice(0, 255)}".`);
}

/** Who may come in, and how often. */
export interface Guard {
  readonly authenticate: ServerOptions['authenticate'];
  readonly count: CountCaller;
  readonly socketGuard: SocketGuard;
}

/** Who sent the request, when its credentials hold and allow what is needed. */
export async function admit(
  at: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  asked: Pick<Endpoint, 'needs' | 'view'>,
  { authenticate, count, socketGuard }: Guard,
): Promise<Principal | undefined> {
  const { request } = at;
  const { needs, view } = asked;
  checkOrigin(request, 'if-given');
  const principal =
    needs === 'public' ? undefined : await inRequest(() => authenticate(credentialsOf(request, 'renew')));
  if (principal !== undefined) socketGuard.trust(request.raw.socket, callerOf(request, principal));
  await count(at, principal);
  if (needs === 'public') return undefined;
  if (principal === undefined) throw new AppError('not-signed-in', 'The request carries no valid session or token.');
  if (principal.kind === 'user') checkOrigin(request, 'required');
  const seesEnough = view !== 'whole' || principal.collections === undefined;
  if (principal.permissions.includes(needs) && seesEnough) return principal;
  throw new AppError('not-allowed', `${principal.name} may not do this: ${reasonOf(principal, asked)}.`);
}

function reasonOf({ collections, permissions }: Principal, asked: Pick<Endpoint, 'needs' | 'view'>): string {
  if (permissions.includes(asked.needs)) return 'it shows the whole estate, and the view is scoped to collections';
  const lacks = `it needs the permission "${asked.needs}"`;
  if (collections === undefined || !needsWholeView(asked)) return lacks;
  return `${lacks}, which nobody has whose view is scoped to collections`;
}

export function credentialsOf(request: FastifyRequest, purpose: Credentials['purpose']): Credentials {
  const { authorization } = request.headers;
  const { cookies, ip: address } = request;
  const certificate = certificateOf(request.raw.socket);
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(certificate === undefined ? {} : { certificate }),
    cookies,
    purpose,
    address,
  };
}

/**
 * A browser sends the session cookie along with what foreign pages ask for, and says where a request comes from in
 * `Sec-Fetch-Site` (Fetch Metadata) or, without TLS, only in `Origin` (RFC 6454). What changes something must come from
 * our own pages; with a session, the browser has to say so.
 */
function checkOrigin(request: FastifyRequest, origins: 'if-given' | 'required'): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const site = request.headers['sec-fetch-site'];
  const { origin, host } = request.headers;
  const ownSite = site === undefined || site === 'same-origin';
  const ownOrigin = origin === undefined || hostOf(origin) === host;
  const said = site !== undefined || origin !== undefined;
  if (ownSite && ownOrigin && (said || origins === 'if-given')) return;
  throw new AppError('bad-origin', 'The request was not sent by a page of this console.');
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
