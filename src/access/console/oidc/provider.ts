import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  type ServerMetadata,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client';
import { boundedFetch } from './bounded-fetch.ts';
import { type Confirmation, type Grant, groupsIn, keepsGroupsElsewhere, nameIn, type Proof } from './proof.ts';
import { failureOf, ProviderFailure } from './provider-failure.ts';
import { isLoopback, type ProviderSettings, readClientSecret } from './settings.ts';

/** What the provider's document says, and the client's secret, are read again after so long. */
const freshFor = 10 * 60_000;
/** Seconds that the library waits; the bounded fetch gives up sooner. */
const timeout = 10;
/** Seconds that the provider's clock may be ahead; the library compares the end of a token, and not its beginning. */
const mostAhead = 300;
/** Signatures by the provider's private key alone: no `none`, and nothing that a public key could stand in for. */
export const algorithms = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

/** Where the browser goes, and what has to come back with it. */
export interface Checks {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** The OpenID Connect provider as the console knows it. All methods but `begin` and `leave` throw `ProviderFailure`. */
export interface Provider {
  readonly settings: ProviderSettings;
  /** The only address that the provider may send people back to: of the console's set address, whatever a request says. */
  readonly redirectUri: string;
  /** Questions about sessions that this process waits for. */
  readonly underWay: Map<string, Promise<Confirmation>>;
  configuration(): Promise<Configuration>;
  begin(): Promise<{ readonly address: string; readonly checks: Checks }>;
  /** Takes the query with which the provider sent the browser back. */
  finish(answer: string, checks: Checks): Promise<Proof>;
  /** Asks again about a person. */
  refresh(grant: Grant, subject: string): Promise<Proof>;
  /** Where the browser signs out of the provider, too; missing where it does not offer that. */
  leave(idToken: string | undefined): Promise<string | undefined>;
}

/** Where in the pages the provider's answer arrives. */
const answerPath = '/sign-in/provider';

export function openProvider(settings: ProviderSettings, origin: string): Provider {
  const redirectUri = origin + answerPath;
  const configuration = keptConfiguration(settings);
  return {
    settings,
    redirectUri,
    underWay: new Map(),
    configuration,
    begin: () => begin({ settings, redirectUri }, configuration),
    finish: (answer, { state, nonce, verifier }) =>
      asked(configuration, async (config) => {
        const tokens = await authorizationCodeGrant(config, new URL(`${redirectUri}?${answer}`), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        return await proofOf({ config, settings }, tokens);
      }),
    refresh: (grant, subject) =>
      asked(configuration, async (config) => {
        const tokens = await refreshTokenGrant(config, grant.refreshToken ?? '');
        return await proofOf({ config, settings }, tokens, { subject, grant });
      }),
    leave: async (idToken) => {
      const config = await configuration().catch(() => undefined);
      if (config?.serverMetadata().end_session_endpoint === undefined) return undefined;
      const hint = idToken === undefined ? {} : { id_token_hint: idToken };
      return buildEndSessionUrl(config, { post_logout_redirect_uri: `${origin}/sign-in`, ...hint }).href;
    },
  };
}

async function asked<Value>(
  configuration: () => Promise<Configuration>,
  ask: (config: Configuration) => Promise<Value>,
): Promise<Value> {
  const config = await configuration();
  try {
    return await ask(config);
  } catch (error) {
    throw failureOf(error);
  }
}

async function begin(
  { settings, redirectUri }: Pick<Provider, 'settings' | 'redirectUri'>,
  configuration: () => Promise<Configuration>,
): Promise<{ readonly address: string; readonly checks: Checks }> {
  const config = await configuration();
  const checks = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
  const { href: address } = buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: settings.scopes.join(' '),
    state: checks.state,
    nonce: checks.nonce,
    code_challenge: await calculatePKCECodeChallenge(checks.verifier),
    code_challenge_method: 'S256',
    ...(settings.prompt !== undefined && { prompt: settings.prompt }),
  });
  return { address, checks };
}

/** One reading for all who ask at once; a failed one is not kept. */
function keptConfiguration(settings: ProviderSettings): () => Promise<Configuration> {
  let kept: { readonly since: number; readonly config: Promise<Configuration> } | undefined;
  return () => {
    if (kept !== undefined && Date.now() - kept.since < freshFor) return kept.config;
    const config = configure(settings).catch((error: unknown) => {
      kept = undefined;
      const { message, cause } = failureOf(error);
      throw new ProviderFailure('away', message, cause);
    });
    kept = { since: Date.now(), config };
    return config;
  };
}

async function configure({ issuer, clientId, clientSecretFile }: ProviderSettings): Promise<Configuration> {
  const url = new URL(issuer);
  const fetch = boundedFetch(issuer);
  const open = isLoopback(url) && url.protocol === 'http:' ? [allowInsecureRequests] : [];
  const found = await discovery(url, clientId, undefined, None(), { timeout, execute: open, [customFetch]: fetch });
  const server = found.serverMetadata();
  const secret = clientSecretFile === undefined ? undefined : readClientSecret(clientSecretFile);
  const config = new Configuration(narrowed(server), clientId, undefined, authenticationBy(secret, server));
  config[customFetch] = fetch;
  config.timeout = timeout;
  for (const extend of [...open, enableNonRepudiationChecks]) extend(config);
  return config;
}

function narrowed(server: Readonly<ServerMetadata>): ServerMetadata {
  const offered = server.id_token_signing_alg_values_supported ?? ['RS256'];
  return { ...server, id_token_signing_alg_values_supported: offered.filter((one) => algorithms.includes(one)) };
}

function authenticationBy(secret: string | undefined, server: Readonly<ServerMetadata>) {
  if (secret === undefined) return None();
  // Without a list it is `client_secret_basic` (OpenID Connect Discovery 1.0, section 3).
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic') ? ClientSecretBasic(secret) : ClientSecretPost(secret);
}

type Tokens = TokenEndpointResponse & TokenEndpointResponseHelpers;

interface Asking {
  readonly config: Configuration;
  readonly settings: ProviderSettings;
}

/** The ID token says who it is and, where it holds the claim, the groups; else the provider is asked by the access token. */
async function proofOf(
  { config, settings: { clientId, groupsClaim } }: Asking,
  tokens: Tokens,
  before?: Pick<Proof, 'subject' | 'grant'>,
): Promise<Proof> {
  const claims = tokens.claims();
  const subject = claims?.sub ?? before?.subject;
  if (subject === undefined || subject === '' || subject.length > 255)
    throw new ProviderFailure('refused', 'The token names no subject.');
  if (before !== undefined && subject !== before.subject)
    throw new ProviderFailure('refused', 'The token says another sub than expected.');
  // The library compares `azp` only where there are several audiences.
  if (claims?.azp !== undefined && claims.azp !== clientId)
    throw new ProviderFailure('refused', 'The token says another azp than expected.');
  if (claims !== undefined && claims.iat > Date.now() / 1000 + mostAhead)
    throw new ProviderFailure('refused', 'The token is not valid yet (iat); compare the clocks of both machines.');
  const inToken = claims === undefined ? undefined : groupsIn(claims, groupsClaim);
  const asksMore = inToken === undefined && config.serverMetadata().userinfo_endpoint !== undefined;
  const more = asksMore ? await fetchUserInfo(config, tokens.access_token, subject) : undefined;
  const all = { ...claims, ...more };
  const groups = inToken ?? groupsIn(all, groupsClaim);
  if (groups === undefined && keepsGroupsElsewhere(all, groupsClaim))
    throw new ProviderFailure(
      'refused',
      'The provider leaves the groups out of the token: there are too many of them.',
    );
  const refreshToken = tokens.refresh_token ?? before?.grant.refreshToken;
  const idToken = tokens.id_token ?? before?.grant.idToken ?? '';
  return {
    subject,
    name: nameIn(all, subject),
    groups: groups ?? [],
    grant: { idToken, ...(refreshToken !== undefined && { refreshToken }) },
  };
}
