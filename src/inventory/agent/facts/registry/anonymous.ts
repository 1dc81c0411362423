import { z } from 'zod';
import type { AnonymousAnswer } from '../../../facts/index.ts';
import { type Ask, startOf } from './ask.ts';

/** Media types of manifests, so that the registry hands out what it has. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Whether someone without a password may read a manifest. `undefined`: no telling answer. */
export async function anonymousRead(
  ask: Ask,
  base: string,
  { repository, tag }: { readonly repository: string; readonly tag: string },
): Promise<AnonymousAnswer | undefined> {
  const response = await asAnyone(ask, `${base}/v2/${repository}/manifests/${tag}`, 'GET');
  return answerOf(response.status);
}

/** Whether someone without a password may begin an upload; one that was begun is cancelled. `undefined`: no telling answer. */
export async function anonymousWrite(ask: Ask, base: string, repository: string): Promise<AnonymousAnswer | undefined> {
  const response = await asAnyone(ask, `${base}/v2/${repository}/blobs/uploads/`, 'POST');
  const place = response.headers.get('location');
  if (response.status === 202 && place !== null) await cancel(ask, new URL(place, base), base);
  return answerOf(response.status);
}

/** Whether someone without a password is told which repositories there are. `undefined`: no telling answer. */
export async function anonymousListing(ask: Ask, base: string): Promise<AnonymousAnswer | undefined> {
  const response = await asAnyone(ask, `${base}/v2/_catalog?n=1`, 'GET');
  return answerOf(response.status);
}

/** Digest that a tag names now; empty where there is no such tag, `undefined` where the registry does not say. */
export async function digestOf(
  ask: Ask,
  base: string,
  { repository, tag }: { readonly repository: string; readonly tag: string },
): Promise<string | undefined> {
  const response = await asAnyone(ask, `${base}/v2/${repository}/manifests/${tag}`, 'HEAD');
  if (response.status === 404) return '';
  const digest = response.headers.get('docker-content-digest') ?? '';
  return response.status === 200 && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined;
}

function answerOf(status: number): AnonymousAnswer | undefined {
  if (status >= 200 && status < 300) return 'allowed';
  if (status === 401 || status === 403) return 'refused';
  return status === 404 || status === 405 ? 'absent' : undefined;
}

/** Upload places may be anywhere; only one of the registry itself is asked to forget it. */
async function cancel(ask: Ask, place: URL, base: string): Promise<void> {
  if (place.origin !== new URL(base).origin) return;
  const response = await asAnyone(ask, place.href, 'DELETE').catch(() => undefined);
  await response?.body?.cancel();
}

/**
 * Asks as someone without a password does: a registry that wants a token may give one to everybody, so that its first
 * refusal says nothing.
 */
async function asAnyone(ask: Ask, url: string, method: Parameters<Ask>[1]['method']): Promise<Response> {
  const headers = { accept: manifestTypes };
  const first = await ask(url, { method, headers });
  if (first.status !== 401) return first;
  const token = await anonymousToken(ask, first.headers.get('www-authenticate') ?? '', url).catch(() => undefined);
  if (token === undefined) return first;
  await first.body?.cancel();
  return await ask(url, { method, headers: { ...headers, authorization: `Bearer ${token}` } });
}

const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() });

async function anonymousToken(ask: Ask, challenge: string, url: string): Promise<string | undefined> {
  if (!/^bearer\s/i.test(challenge)) return undefined;
  const parameters = new Map(
    [...challenge.matchAll(/([a-z]+)="([^"]*)"/gi)].map(([, name = '', value = '']) => [name.toLowerCase(), value]),
  );
  const realm = parameters.get('realm') ?? '';
  if (!URL.canParse(realm)) return undefined;
  const place = new URL(realm);
  // In clear only the registry itself is asked, where it is asked so: it could name any service of this host's network, of
  // its cloud's too, and is sent what that calls a token.
  const registry = new URL(url);
  const isOwn = place.protocol === registry.protocol && place.hostname === registry.hostname;
  if (place.protocol !== 'https:' && !isOwn) return undefined;
  for (const name of ['service', 'scope']) {
    const value = parameters.get(name);
    if (value !== undefined) place.searchParams.set(name, value);
  }
  const response = await ask(place.href, { method: 'GET', headers: { accept: 'application/json' } });
  if (response.status !== 200) return undefined;
  const answer = Token.safeParse(JSON.parse(await startOf(response))).data;
  return answer?.token ?? answer?.access_token;
}
