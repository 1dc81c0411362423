import { createToken, createUser, createUserLink, signIn } from '#access/contract.ts';
import { AppError } from '#base/index.ts';
import { call } from '#http/index.ts';
import type { Console } from '#apps/console/compose.ts';
import type { Entry } from './recording.ts';

/** Who calls the demo's console: people with a session each, builds with a token each. */
export interface People {
  /** Sessions end at night: everybody signs in anew when he calls the next time. */
  newStep(): void;
  make(person: Extract<Entry, { kind: 'person' }>): Promise<void>;
  makeToken(token: Extract<Entry, { kind: 'token' }>): Promise<void>;
  /** Gives what the person or the token sends along with each request. */
  headersOf(name: string): Promise<Readonly<Record<string, string>>>;
}

const firstUser = 'admin';

/** Makes people through the API of a console that runs in this process. */
export function peopleOf({ url, access }: Pick<Console, 'url' | 'access'>): People {
  const ids = new Map<string, string>();
  const tokens = new Map<string, string>();
  const sessions = new Map<string, Promise<Readonly<Record<string, string>>>>();

  async function secretFor(name: string): Promise<string> {
    if (name === firstUser) return (await access.createSignInLink()).secret;
    const id = ids.get(name);
    if (id === undefined) throw new Error(`The recording has nobody called ${name}.`);
    return (await call(createUserLink, { params: { id } }, await asPerson(firstUser))).secret;
  }

  async function openSession(name: string): Promise<Readonly<Record<string, string>>> {
    const reply = await fetch(`${url}${signIn.path}`, {
      method: signIn.method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: 'link', secret: await secretFor(name) }),
    });
    const cookie = reply.headers.get('set-cookie')?.split(';')[0];
    await reply.body?.cancel();
    if (cookie === undefined) throw new AppError('internal', `${name} could not sign in: status ${reply.status}.`);
    return { cookie, 'sec-fetch-site': 'same-origin' };
  }

  function headersOf(name: string): Promise<Readonly<Record<string, string>>> {
    const token = tokens.get(name);
    if (token !== undefined) return Promise.resolve({ authorization: `Bearer ${token}` });
    const session = sessions.get(name) ?? openSession(name);
    sessions.set(name, session);
    return session;
  }

  async function asPerson(name: string) {
    const own = await headersOf(name);
    const withSession: typeof fetch = (address, request) =>
      fetch(address, { ...request, headers: { ...(request?.headers as object), ...own } });
    return { baseUrl: url, fetch: withSession };
  }

  return {
    newStep: () => sessions.clear(),
    make: async ({ name, role }) => {
      const { user } = await call(createUser, { body: { name, role } }, await asPerson(firstUser));
      ids.set(name, user.id);
    },
    makeToken: async ({ by, name, repositories }) => {
      const body = { name, role: 'ci' as const, repositories: [...repositories] };
      tokens.set(name, (await call(createToken, { body }, await asPerson(by))).secret);
    },
    headersOf,
  };
}
