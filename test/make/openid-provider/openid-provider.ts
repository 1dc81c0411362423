import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';

/** A person at the provider. */
export interface Account {
  name: string;
  groups: readonly string[];
  /** Whether the provider takes the person no more. */
  disabled?: boolean;
}

/** Stands between the provider and who asks it, as an attacker on the way would. */
export interface Tampering {
  /** What is handed out in the place of an ID token. */
  idToken?: (real: string) => string;
  /** What is answered in the place of everything; nothing answers as the provider does. */
  answer?: (path: string, response: ServerResponse) => boolean;
  /** Milliseconds before anything is answered. */
  delay?: number;
}

/** A real OpenID Connect provider on loopback. */
export interface OpenIdProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accounts: Map<string, Account>;
  readonly tampering: Tampering;
  /** Its private signing key, PEM; the id that it has in the set of keys is `first`. */
  readonly privateKey: string;
  /** The public one, as everybody gets it. */
  readonly publicKey: string;
  /** Answered at each path so far. */
  readonly asked: string[];
  close(): Promise<void>;
}

export interface ProviderWanted {
  /** Address of the console. */
  readonly origin: string;
  /** Where groups are told: in the ID token, or to who asks with the access token. */
  readonly groupsIn?: 'token' | 'userinfo';
  readonly refreshTokens?: boolean;
}

/** Starts a provider that knows one client, the console at `origin`. */
export async function startProvider(wanted: ProviderWanted): Promise<OpenIdProvider> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const accounts = new Map<string, Account>();
  const provider = new Provider(issuer, {
    ...settingsOf(wanted, accounts),
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'first', alg: 'RS256', use: 'sig' }] },
    loadExistingGrant: (context: never) => grantAll(provider, context),
  });
  const tampering: Tampering = {};
  const asked: string[] = [];
  provider.use(async (context, next) => {
    await next();
    const body = context.body as { id_token?: string } | undefined;
    if (context.oidc?.route === 'token' && body?.id_token !== undefined && tampering.idToken !== undefined)
      context.body = { ...body, id_token: tampering.idToken(body.id_token) };
  });
  const callback = provider.callback();
  handle = (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    asked.push(path);
    if (tampering.answer?.(path, response) === true) return;
    const answer = (): void => {
      if (path.startsWith('/interaction/')) void interact(provider, request, response);
      else callback(request, response);
    };
    if (tampering.delay === undefined) answer();
    else setTimeout(answer, tampering.delay);
  };
  return {
    issuer,
    ...client,
    accounts,
    tampering,
    asked,
    privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicKey: String(publicKey.export({ type: 'spki', format: 'pem' })),
    close: () => closed(server),
  };
}

const client = { clientId: 'seawall', clientSecret: 'a secret of the client' } as const;

function settingsOf(
  { origin, groupsIn = 'token', refreshTokens = true }: ProviderWanted,
  accounts: Map<string, Account>,
) {
  return {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [`${origin}/sign-in/provider`],
        post_logout_redirect_uris: [`${origin}/sign-in`],
        grant_types: ['authorization_code', ...(refreshTokens ? ['refresh_token'] : [])],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'groups', 'offline_access'],
    conformIdTokenClaims: groupsIn === 'userinfo',
    cookies: { keys: ['a key of cookies'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
    issueRefreshToken: () => refreshTokens,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      IdToken: 600,
      RefreshToken: 86_400,
      Session: 86_400,
      Grant: 86_400,
      Interaction: 600,
    },
    findAccount: (_context: unknown, id: string) => {
      const account = accounts.get(id);
      if (account === undefined || account.disabled === true) return undefined;
      const { name, groups } = account;
      return { accountId: id, claims: () => ({ sub: id, name, preferred_username: name, groups }) };
    },
  };
}

/** Asks nobody whether the console may know the groups. */
async function grantAll(
  provider: Provider,
  {
    oidc,
  }: {
    readonly oidc: {
      readonly client: { readonly clientId: string };
      readonly session: { readonly accountId: string; grantIdFor(id: string): string | undefined };
    };
  },
) {
  const known = oidc.session.grantIdFor(oidc.client.clientId);
  if (known !== undefined) return await provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope('openid profile groups offline_access');
  await grant.save();
  return grant;
}

/** Asks who it is; `login_hint` answers by itself. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { params } = await provider.interactionDetails(request, response);
    const hint =
      request.method === 'POST' ? new URLSearchParams(await text(request)).get('login') : params['login_hint'];
    if (typeof hint === 'string')
      return await provider.interactionFinished(request, response, { login: { accountId: hint } });
    response.setHeader('content-type', 'text/html');
    response.end(
      '<!doctype html><title>Harbour</title><form method="post"><label>Login <input name="login"></label><button>Go</button></form>',
    );
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Signs in as a browser does, without one, and gives the query with which it is sent back to the console. */
export async function signInThere(address: string, login: string): Promise<string> {
  const jar = new Map<string, string>();
  let url = new URL(address);
  url.searchParams.set('login_hint', login);
  const { origin } = url;
  for (let steps = 0; steps < 10; steps++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await fetch(url, { redirect: 'manual', headers: { cookie } });
    const said = await reply.text();
    for (const line of reply.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
      jar.set(name, value);
    }
    const location = reply.headers.get('location');
    if (location === null) throw new Error(`The provider answers ${reply.status}: ${said.slice(0, 500)}`);
    url = new URL(location, url);
    if (url.origin !== origin) return url.search.slice(1);
  }
  throw new Error('The provider leads nowhere.');
}
