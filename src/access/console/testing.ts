import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { silentLog } from '#base/index.ts';
import { createServer, type InjectedReply, type Server } from '#http/console/index.ts';
import { type CallInput, call, type Endpoint, type ReplyOf } from '#http/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { type Access, accessSchema, createAccess, type HeldHead, tokenWorthChanged } from './index.ts';
import type { NewToken } from './tokens.ts';

/** Calls an endpoint as somebody; throws the `AppError` of a refusal. */
export type Caller = <E extends Endpoint>(endpoint: E, input?: Partial<CallInput<E>>) => Promise<ReplyOf<E>>;

/** A browser, which keeps the cookie of its session. */
export interface Visitor extends Caller {
  /** Copies the cookie that another one has now. */
  take(other: Caller): void;
}

/** Access on a real store, with a clock that a test may turn. */
export interface TestAccess {
  readonly store: Store;
  readonly access: Access;
  /** What other domains say names a collection. */
  readonly usedBy: Map<string, readonly string[]>;
  /** What agents hold of the audit trail. */
  readonly held: HeldHead[];
  /** Moves the clock of the console; the audit trail has the store's own. */
  turn(milliseconds: number): void;
  /** Who signs in with this link's secret; without one, the first user. */
  signedIn(secret?: string): Promise<Caller>;
  /** Somebody with no session, or with a cookie of their own making. */
  stranger(cookie?: string): Visitor;
  /** Who sends this token's secret. */
  bearing(secret: string): Caller;
  /** Tokens whose worth was announced, oldest first. */
  announced(): Promise<readonly { readonly id: string; readonly token: string }[]>;
  /** A new token. */
  token(wanted: Partial<NewToken>): Promise<Caller>;
  close(): Promise<void>;
}

export async function openTestAccess(): Promise<TestAccess> {
  const store = await createTestStore([accessSchema]);
  const usedBy = new Map<string, readonly string[]>();
  const held: HeldHead[] = [];
  let now = Date.now();
  const access = createAccess({
    store,
    clock: () => new Date(now),
    log: silentLog,
    random: randomBytes,
    heldHeads: async () => held,
    usedBy: async (id) => usedBy.get(id) ?? [],
  });
  await access.ensureFirstUser();
  const { routes, authenticate } = access;
  const server = await createServer({ routes, authenticate, hostNames: [], log: silentLog });
  return {
    store,
    access,
    usedBy,
    held,
    turn: (milliseconds) => void (now += milliseconds),
    signedIn: async (secret) => {
      const link = secret ?? (await access.createSignInLink()).secret;
      const reply = await server.inject({
        method: 'POST',
        url: '/api/v1/session',
        payload: { by: 'link', secret: link },
      });
      return callerOf(server, { cookie: cookieOf(reply) });
    },
    stranger: (cookie) => callerOf(server, cookie === undefined ? {} : { cookie }),
    bearing: (secret) => callerOf(server, { authorization: `Bearer ${secret}` }),
    announced: () => announcedIn(store),
    token: async (wanted) => {
      const { secret } = await access.createToken({ name: 'a token', role: 'ci', ...wanted });
      return callerOf(server, { authorization: `Bearer ${secret}` });
    },
    close: async () => {
      await server.close();
      await store.close();
    },
  };
}

async function announcedIn(store: Store): Promise<readonly { readonly id: string; readonly token: string }[]> {
  const { rows } = await sql<{ id: string; token: string }>`select id::text, payload->>'token' as token
    from store.unclaimed_fact where fact = ${tokenWorthChanged.name} order by unclaimed_fact.id`.execute(
    store.query(accessSchema),
  );
  return rows;
}

function cookieOf({ cookies }: InjectedReply): string {
  return `seawall_session=${cookies.find(({ name }) => name === 'seawall_session')?.value}`;
}

const credentialsOf = new WeakMap<Caller, Readonly<Record<string, string>>>();

function callerOf(server: Server, first: Readonly<Record<string, string>>): Visitor {
  const send = async (url: string, { method, headers, body }: RequestInit): Promise<Response> => {
    const reply = await server.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(headers as Record<string, string>),
        ...credentialsOf.get(visitor),
        'sec-fetch-site': 'same-origin',
      },
      ...(typeof body === 'string' ? { payload: body } : {}),
    });
    if (reply.cookies.length > 0) credentialsOf.set(visitor, { cookie: cookieOf(reply) });
    return new Response(reply.body, { status: reply.statusCode });
  };
  const caller: Caller = (endpoint, input = {}) => call(endpoint, input, { baseUrl: '', fetch: send as typeof fetch });
  const take = (other: Caller): void => void credentialsOf.set(visitor, credentialsOf.get(other) ?? {});
  const visitor: Visitor = Object.assign(caller, { take });
  credentialsOf.set(visitor, first);
  return visitor;
}
