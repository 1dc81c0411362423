import { authorizationCodeGrant, type Configuration, customFetch, ResponseBodyError } from 'openid-client';
import type { Queries } from '#store/index.ts';
import type { ProviderCheck } from '../../contract.ts';
import { readCollections } from '../collections.ts';
import { failureOf } from './provider-failure.ts';
import { algorithms, type Provider } from './provider.ts';
import { isLoopback } from './settings.ts';

type Server = ReturnType<Configuration['serverMetadata']>;

/** What of sign-in works, as far as it shows without a person. */
export async function testProvider(provider: Provider, queries: Queries): Promise<readonly ProviderCheck[]> {
  const own = [checkRedirect(provider), await checkMapping(provider, queries)];
  try {
    const config = await provider.configuration();
    const server = config.serverMetadata();
    return [
      passed('Discovery', `${server.issuer} describes itself.`),
      checkEndpoints(server),
      await checkKeys(config, server),
      await checkClient(config, provider),
      checkScopes(provider, server),
      checkRefresh(provider, server),
      checkSignOut(server),
      ...own,
    ];
  } catch (error) {
    const later = ['Endpoints', 'Signing keys', 'Client', 'Scopes', 'Refresh', 'Sign-out'].map((name) =>
      check(name, 'unknown', 'Not looked at: the provider did not describe itself.'),
    );
    return [check('Discovery', 'fail', failureOf(error).message), ...later, ...own];
  }
}

function check(name: string, state: ProviderCheck['state'], words: string): ProviderCheck {
  return { name, state, words: words.slice(0, 500) };
}

function passed(name: string, words: string): ProviderCheck {
  return check(name, 'pass', words);
}

function checkEndpoints(server: Server): ProviderCheck {
  const needed = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;
  const missing = needed.filter((one) => server[one] === undefined);
  if (missing.length > 0) return check('Endpoints', 'fail', `Its document names no ${missing.join(', ')}.`);
  return passed('Endpoints', 'Its document names where to sign in, where to get tokens, and its keys.');
}

async function checkKeys(config: Configuration, server: Server): Promise<ProviderCheck> {
  const name = 'Signing keys';
  const offered = server.id_token_signing_alg_values_supported ?? [];
  if (offered.length === 0) return check(name, 'fail', `It signs by none of ${algorithms.join(', ')}.`);
  try {
    const fetch = config[customFetch];
    const reply = await fetch?.(server.jwks_uri ?? '', {
      method: 'GET',
      headers: {},
      body: undefined,
      redirect: 'manual',
    });
    const { keys } = Object(await reply?.json()) as { readonly keys?: unknown };
    const count = Array.isArray(keys) ? keys.length : 0;
    if (reply?.status !== 200 || count === 0)
      return check(name, 'fail', 'It gives out no keys, so no token can be verified.');
    return passed(name, `${count} ${count === 1 ? 'key' : 'keys'}; it signs by ${offered.join(', ')}.`);
  } catch (error) {
    return check(name, 'fail', failureOf(error).message);
  }
}

/** A code that was never given out: who takes the client refuses only that. */
async function checkClient(config: Configuration, { redirectUri }: Provider): Promise<ProviderCheck> {
  const name = 'Client';
  try {
    const answer = new URL(`${redirectUri}?code=seawall-test`);
    answer.searchParams.set('iss', config.serverMetadata().issuer);
    await authorizationCodeGrant(config, answer, { pkceCodeVerifier: 'seawall-test'.padEnd(43, '-') });
    return check(name, 'fail', 'It takes a code that it never gave out.');
  } catch (error) {
    if (error instanceof ResponseBodyError && error.error === 'invalid_grant')
      return passed(name, 'It takes the client id and its secret.');
    return check(name, 'fail', failureOf(error).message);
  }
}

function checkScopes({ settings: { scopes, groupsClaim } }: Provider, server: Server): ProviderCheck {
  const name = 'Scopes';
  const { scopes_supported: known, claims_supported: claims } = server;
  const missing = known === undefined ? [] : scopes.filter((one) => !known.includes(one));
  if (missing.length > 0) return check(name, 'alert', `It does not list the scope ${missing.join(', ')}.`);
  if (claims !== undefined && !claims.includes(groupsClaim))
    return check(
      name,
      'alert',
      `It does not list the claim ${groupsClaim}; whether tokens carry it shows when somebody signs in.`,
    );
  return passed(name, `Asked for: ${scopes.join(' ')}. Groups are read from the claim ${groupsClaim}.`);
}

function checkRefresh({ settings: { scopes } }: Provider, server: Server): ProviderCheck {
  const grants = server.grant_types_supported;
  if (grants?.includes('refresh_token') === false)
    return check('Refresh', 'alert', 'It gives no refresh tokens: people sign in again every hour.');
  const asks = scopes.includes('offline_access');
  return passed(
    'Refresh',
    `Groups are read again every 5 minutes${asks ? '' : ', if it gives a refresh token without offline_access'}.`,
  );
}

function checkSignOut(server: Server): ProviderCheck {
  if (server.end_session_endpoint !== undefined) return passed('Sign-out', 'Signing out here signs out there, too.');
  return check('Sign-out', 'alert', 'It offers none: signing out ends the session here alone.');
}

function checkRedirect({ redirectUri }: Provider): ProviderCheck {
  const url = new URL(redirectUri);
  if (url.protocol === 'https:' || isLoopback(url)) return passed('Address', `Register ${redirectUri} there.`);
  return check(
    'Address',
    'alert',
    `${redirectUri} is not https: whoever listens on the network can take the session. Set SEAWALL_ORIGIN.`,
  );
}

async function checkMapping({ settings: { roles } }: Provider, queries: Queries): Promise<ProviderCheck> {
  const known = new Set((await readCollections(queries)).map(({ id }) => id));
  const missing = roles.flatMap(({ collections = [] }) => collections.filter((id) => !known.has(id)));
  if (missing.length > 0)
    return check(
      'Mapping',
      'alert',
      `There is no collection ${[...new Set(missing)].join(', ')}: it shows nothing until somebody makes it.`,
    );
  return passed('Mapping', `${roles.length} ${roles.length === 1 ? 'group has' : 'groups have'} a role.`);
}
