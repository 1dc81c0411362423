import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Access,
  accessSchema,
  createAccess,
  openProvider,
  readProviderSettings,
  type Vault,
} from '#access/console/index.ts';
import type { Log } from '#base/index.ts';
import { createServer, type InjectedReply, type Server } from '#http/console/index.ts';
import { seal, unseal } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { type OpenIdProvider, type ProviderWanted, signInThere, startProvider } from './openid-provider.ts';

/** Access on a real store with a real provider, with a clock that a test may turn. */
export interface SignInWorld {
  readonly provider: OpenIdProvider;
  readonly store: Store;
  readonly access: Access;
  /** Everything that the log was told. */
  readonly lines: readonly string[];
  /** Moves the clock of the console. */
  turn(milliseconds: number): void;
  /** Begins as a browser does: where it goes, and the cookie that it keeps. */
  begin(): Promise<{ readonly address: string; readonly cookie: string }>;
  finish(answer: string, cookie: string): Promise<InjectedReply>;
  /** The whole way; the session's cookie. */
  signIn(login: string): Promise<string>;
  ask(cookie: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object): Promise<Answer>;
  /** Another console on the same store. */
  second(): Promise<Pick<SignInWorld, 'ask' | 'finish'> & { close(): Promise<void> }>;
  close(): Promise<void>;
}

/** What the console answers. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const origin = 'http://127.0.0.1:8083';
const masterKey = Buffer.alloc(32, 'master');
const vault: Vault = {
  seal: (content, purpose) => seal(masterKey, content, purpose),
  unseal: (sealed, purpose) => unseal(masterKey, sealed, purpose),
};

/** `more` are further lines of the settings, in YAML. */
export async function openSignInWorld(wanted: Omit<ProviderWanted, 'origin'> = {}, more = ''): Promise<SignInWorld> {
  const provider = await startProvider({ ...wanted, origin });
  const folder = mkdtempSync(join(tmpdir(), 'seawall-oidc-'));
  const file = writeSettings(folder, provider, more);
  const store = await createTestStore([accessSchema]);
  let now = Date.now();
  const lines: string[] = [];
  const note = (context: object, message: string): void => void lines.push(JSON.stringify({ ...context, message }));
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const open = async (): Promise<{ readonly access: Access; readonly server: Server }> => {
    const access = createAccess({
      store,
      log,
      vault,
      random: randomBytes,
      clock: () => new Date(now),
      provider: openProvider(readProviderSettings(file), origin),
    });
    const { routes, authenticate } = access;
    return {
      access,
      server: await createServer({ routes, authenticate, hostNames: [], trustProxy: ['loopback'], log }),
    };
  };
  const { access, server } = await open();
  await access.ensureFirstUser();
  const begin = () => beginAt(server);
  const finish = (answer: string, cookie: string) => finishAt(server, answer, cookie);
  return {
    provider,
    store,
    access,
    lines,
    begin,
    finish,
    turn: (milliseconds) => void (now += milliseconds),
    signIn: async (login) => {
      const { address, cookie } = await begin();
      const reply = await finish(await signInThere(address, login), cookie);
      const session = reply.cookies.find(({ name }) => name === 'seawall_session')?.value;
      if (reply.statusCode !== 200 || session === undefined) throw new Error(`${reply.statusCode}: ${reply.body}`);
      return `seawall_session=${session}`;
    },
    ask: (...asked) => askAt(server, ...asked),
    second: async () => {
      const { server: other } = await open();
      return {
        ask: (...asked) => askAt(other, ...asked),
        finish: (answer, cookie) => finishAt(other, answer, cookie),
        close: () => other.close(),
      };
    },
    close: async () => {
      await server.close();
      await store.close();
      await provider.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Settings of a console for this provider: pilots operate, deckhands see the collection `pier`, captains administer. */
export function writeSettings(folder: string, provider: OpenIdProvider, more = ''): string {
  writeFileSync(join(folder, 'client-secret'), `${provider.clientSecret}\n`, { mode: 0o600 });
  const file = join(folder, 'sign-in.yaml');
  writeFileSync(
    file,
    `name: Harbour
issuer: ${provider.issuer}
clientId: ${provider.clientId}
clientSecretFile: client-secret
scopes: [openid, profile, groups]
roles:
  - { group: captains, role: administrator }
  - { group: pilots, role: operator }
  - { group: deckhands, role: developer, collections: [pier] }
${more}`,
  );
  return file;
}

let people = 0;

/** Each request is of somebody else's address: limits of an address are another test's matter. */
function ownPage(): Readonly<Record<string, string>> {
  people += 1;
  return { 'sec-fetch-site': 'same-origin', 'x-forwarded-for': `10.0.${people >> 8}.${people & 255}` };
}

async function beginAt(server: Server): Promise<{ readonly address: string; readonly cookie: string }> {
  const headers = { ...ownPage(), host: 'localhost:1' };
  const reply = await server.inject({ method: 'POST', url: '/api/v1/session/provider', headers });
  if (reply.statusCode !== 200) throw new Error(`${reply.statusCode}: ${reply.body}`);
  const { address } = JSON.parse(reply.body) as { readonly address: string };
  const [cookie] = reply.cookies;
  return { address, cookie: `${cookie?.name}=${cookie?.value}` };
}

async function finishAt(server: Server, answer: string, cookie: string): Promise<InjectedReply> {
  return await server.inject({
    method: 'PUT',
    url: '/api/v1/session/provider',
    headers: { ...ownPage(), cookie },
    payload: { answer },
  });
}

async function askAt(
  server: Server,
  ...[cookie, method, url, payload]: Parameters<SignInWorld['ask']>
): Promise<Answer> {
  const headers = { ...ownPage(), ...(cookie.startsWith('Bearer') ? { authorization: cookie } : { cookie }) };
  const reply = await server.inject({ method, url, headers, ...(payload !== undefined && { payload }) });
  return { status: reply.statusCode, body: JSON.parse(reply.body) as Answer['body'] };
}
