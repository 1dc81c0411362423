import { AppError } from '#base/index.ts';
import { parseJson } from '../../subject.ts';
import { type Credentials, mayBeInsecure, patienceSignal, type RegistryAccess } from './access.ts';
import type { Challenge } from './challenge.ts';
import { TokenAnswer } from './schema.ts';
import { mayHaveCredentials } from './token-server.ts';
import { type Connections, readBody, sendFollowing } from './send.ts';

interface Wanted {
  readonly challenge: Challenge;
  readonly scope: string;
  readonly credentials: Credentials | undefined;
  readonly access: RegistryAccess;
  /** Where the registry asked. */
  readonly registry: URL;
}

const longestAnswer = 1024 * 1024;

/**
 * Asks the token server that a registry names for leave to read (distribution, "Token Authentication"). Credentials go
 * to a token server of the registry's own origin, or to one that is known or was named for it. Throws `registry-refused`, `registry-unavailable`.
 */
export async function fetchToken(connections: Connections, wanted: Wanted): Promise<string> {
  const realm = realmOf(wanted);
  const { answer } = await sendFollowing(connections, realm, requestOf(realm, wanted));
  const body = await readBody(answer, longestAnswer, `The answer of the token server ${realm.host}`);
  const status = answer.statusCode ?? 0;
  if (status === 401 || status === 403)
    throw new AppError('registry-refused', `The token server ${realm.host} does not accept who asks (${status}).`);
  if (status !== 200)
    throw new AppError('registry-unavailable', `The token server ${realm.host} answers with status ${status}.`);
  const { token, access_token } = parseJson(body, { schema: TokenAnswer, target: realm.host, what: 'token' });
  const given = token ?? access_token ?? '';
  if (!/^[\x21-\x7e]+$/.test(given))
    throw new AppError('registry-unavailable', `The token server ${realm.host} gives no token.`);
  return given;
}

function realmOf({ challenge: { parameters }, access, registry, credentials }: Wanted): URL {
  const named = parameters['realm'] ?? '';
  const realm = URL.canParse(named) ? new URL(named) : undefined;
  const isSafe = realm?.protocol === 'https:' || (realm?.protocol === 'http:' && mayBeInsecure(realm.host, access));
  if (realm === undefined || !isSafe)
    throw new AppError('registry-unavailable', 'The registry names a token server that is not asked: it has no TLS.');
  realm.username = '';
  realm.password = '';
  const server = access.tokenServers?.[registry.host];
  if (credentials !== undefined && !mayHaveCredentials(realm, registry, server)) throw unnamed(realm, registry);
  return realm;
}

function unnamed(realm: URL, registry: URL): AppError {
  return new AppError(
    'registry-refused',
    `${registry.host} names the token server ${realm.origin}, which gets no credentials: nobody named it with this registry.`,
    {
      next: `If it is the registry’s own, name it: --token-server ${registry.host}=${realm.host}, or the token server of the trusted registry at the console.`,
    },
  );
}

function requestOf(realm: URL, { challenge, scope, credentials, access }: Wanted) {
  const service = challenge.parameters['service'];
  const patience = { idle: access.patience.idle, signal: patienceSignal(access, access.patience.document) };
  if (credentials?.kind === 'identity-token') {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: credentials.token,
      client_id: 'seawall',
      scope,
      ...(service === undefined ? {} : { service }),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    return { method: 'POST' as const, headers, body: form.toString(), ...patience };
  }
  if (service !== undefined) realm.searchParams.set('service', service);
  realm.searchParams.set('scope', scope);
  const authorization = credentials === undefined ? {} : { authorization: basicOf(credentials) };
  return { method: 'GET' as const, headers: { accept: 'application/json', ...authorization }, ...patience };
}

export function basicOf({ user, password }: Extract<Credentials, { readonly kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
