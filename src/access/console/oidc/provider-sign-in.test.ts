import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signInThere } from '../../../../test/make/openid-provider/openid-provider.ts';
import { openSignInWorld, type SignInWorld } from '../../../../test/make/openid-provider/sign-in-world.ts';
import { readTokenWorth } from '../index.ts';
import { accessSchema } from '../schema.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
let world: SignInWorld;
let admin: string;
let people = 0;

beforeAll(async () => {
  world = await openSignInWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  delete world.provider.tampering.answer;
  delete world.provider.tampering.delay;
  admin = await localAdministrator();
});

async function localAdministrator(): Promise<string> {
  const { secret } = await world.access.createSignInLink();
  await world.ask('', 'POST', '/api/v1/session', { by: 'link', secret });
  const { secret: token } = await world.access.createToken({ name: 'test', role: 'administrator' });
  return `Bearer ${token}`;
}

/** A new person at the provider, signed in here. */
async function person(...groups: string[]) {
  const login = `person-${(people += 1)}`;
  const account = { name: `Person ${people}`, groups, disabled: false };
  world.provider.accounts.set(login, account);
  const session = groups.length === 0 ? '' : await world.signIn(login);
  return { login, account, session };
}

const me = (session: string) => world.ask(session, 'GET', '/api/v1/session');

async function userOf(login: string): Promise<Readonly<Record<string, unknown>> & { readonly id: string }> {
  const { body } = await world.ask(admin, 'GET', '/api/v1/users');
  const users = body['users'] as readonly { readonly id: string; readonly provider?: { readonly subject: string } }[];
  const found = users.find(({ provider }) => provider?.subject === login);
  if (found === undefined) throw new Error(`There is no user ${login}.`);
  return { ...found };
}

async function trailOf(action: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { body } = await world.ask(admin, 'GET', '/api/v1/audit?limit=500');
  return (body['entries'] as readonly Readonly<Record<string, unknown>>[]).filter((one) => one['action'] === action);
}

async function attempt(login: string) {
  const { address, cookie } = await world.begin();
  const reply = await world.finish(await signInThere(address, login), cookie);
  return {
    status: reply.statusCode,
    body: JSON.parse(reply.body) as { readonly error?: Readonly<Record<string, string>> },
  };
}

describe('a group', () => {
  it('gives its role, the first of the mapping where there are several', async () => {
    const { login, session } = await person('others', 'deckhands', 'pilots');
    expect(await me(session)).toMatchObject({
      status: 200,
      body: { name: `Person ${people}`, role: 'operator', provider: { name: 'Harbour' } },
    });
    expect(await userOf(login)).toMatchObject({
      hasPassword: false,
      provider: { issuer: `${world.provider.issuer}/`, group: 'pilots' },
    });
    const [made] = await trailOf('user-made');
    expect(made).toMatchObject({
      actor: { kind: 'system', name: 'Harbour' },
      detail: { role: 'operator', group: 'pilots', subject: login },
    });
  });

  it('gives collections that are there, and nothing of those that are not', async () => {
    const { login, session } = await person('deckhands');
    expect((await me(session)).body).toMatchObject({ role: 'developer', collections: [] });
    await world.ask(admin, 'PUT', '/api/v1/collections/pier', { name: 'Pier', selects: { hosts: ['pier-*'] } });
    expect((await me(await world.signIn(login))).body).toMatchObject({ role: 'developer', collections: ['pier'] });
    const { body } = await world.ask(admin, 'DELETE', '/api/v1/collections/pier');
    expect(body).toMatchObject({ error: { code: 'in-use', message: expect.stringContaining('deckhands') } });
  });

  it('that is missing refuses the sign-in, and says who the person is there, and nothing else', async () => {
    const { login } = await person();
    const { status, body } = await attempt(login);
    expect({ status, code: body.error?.['code'] }).toEqual({ status: 403, code: 'sign-in-refused' });
    expect(body.error?.['message']).toContain(login);
    expect(JSON.stringify(body)).not.toMatch(/captains|pilots|deckhands|127\.0\.0\.1/);
    expect((await trailOf('sign-in-refused'))[0]).toMatchObject({
      target: { kind: 'subject', id: login },
      detail: { reason: 'no-role' },
    });
  });
});

describe('who a user is', () => {
  it('is issuer and subject: a name that somebody has stays his', async () => {
    const { body } = await world.ask(admin, 'POST', '/api/v1/users', { name: 'Grace', role: 'auditor' });
    const { id } = body['user'] as { readonly id: string };
    world.provider.accounts.set('grace-2', { name: 'grace', groups: ['pilots'] });
    expect((await me(await world.signIn('grace-2'))).body).toMatchObject({ name: 'grace (Harbour)', role: 'operator' });
    world.provider.accounts.set('grace-3', { name: 'Grace', groups: ['pilots'] });
    expect((await me(await world.signIn('grace-3'))).body).toMatchObject({ name: 'Grace (Harbour 2)' });
    for (const [login, name] of ['Gr\u200bace', 'Ｇrace', 'Grace\u00ad'].entries()) {
      world.provider.accounts.set(`grace-like-${login}`, { name, groups: ['pilots'] });
      const { body: like } = await me(await world.signIn(`grace-like-${login}`));
      expect({ name, mark: String(like['name']).includes('(Harbour') }).toEqual({ name, mark: true });
    }
    const local = await world.store.query(accessSchema).selectFrom('user').selectAll().where('id', '=', id).execute();
    expect(local).toMatchObject([{ name: 'Grace', role: 'auditor', issuer: null }]);
  });

  it('stays when the name at the provider is another', async () => {
    const { login, account, session } = await person('pilots');
    const before = await userOf(login);
    account.name = 'admin';
    expect((await me(await world.signIn(login))).body).toMatchObject({ name: before['name'] });
    expect((await me(session)).status).toBe(200);
    expect((await userOf(login)).id).toBe(before.id);
  });

  it('has no password, no link, and no role but the one of the group', async () => {
    const { login, session } = await person('pilots');
    const { id } = await userOf(login);
    const password = { password: 'correct horse battery' };
    expect((await world.ask(session, 'PUT', '/api/v1/session/password', password)).status).toBe(403);
    expect((await world.ask(admin, 'POST', `/api/v1/users/${id}/links`)).status).toBe(400);
    const change = (role: string, disabled: boolean) =>
      world.ask(admin, 'PUT', `/api/v1/users/${id}`, { role, disabled });
    expect((await change('administrator', false)).status).toBe(400);
    expect((await change('operator', true)).status).toBe(200);
    expect((await me(session)).status).toBe(401);
    expect((await attempt(login)).body.error?.['message']).toContain('disabled');
    expect((await change('operator', false)).status).toBe(200);
    expect((await attempt(login)).status).toBe(200);
  });

  it('of an administrator leaves the last one of this console in place', async () => {
    const { session } = await person('captains');
    const users = (await world.ask(session, 'GET', '/api/v1/users')).body['users'] as readonly {
      readonly id: string;
      readonly name: string;
    }[];
    const local = users.find(({ name }) => name === 'admin')?.id;
    const body = { role: 'administrator', disabled: true };
    expect((await world.ask(session, 'PUT', `/api/v1/users/${local}`, body)).body).toMatchObject({
      error: { code: 'last-administrator' },
    });
    expect((await world.ask(session, 'DELETE', `/api/v1/users/${local}`)).status).toBe(409);
  });
});

describe('a session', () => {
  it('loses the role with the group at the next refresh, and keeps what it has until then', async () => {
    const { login, account, session } = await person('captains');
    account.groups = ['pilots'];
    world.turn(4 * minute);
    expect((await me(session)).body).toMatchObject({ role: 'administrator' });
    world.turn(minute);
    expect((await world.ask(session, 'GET', '/api/v1/users')).status).toBe(403);
    expect((await me(session)).body).toMatchObject({ role: 'operator' });
    expect((await trailOf('user-changed'))[0]).toMatchObject({
      actor: { kind: 'system', name: 'Harbour' },
      target: { id: (await userOf(login)).id },
      detail: { before: { role: 'administrator', group: 'captains' }, after: { role: 'operator', group: 'pilots' } },
    });
  });

  it('ends with the last group, and with it every session of the user', async () => {
    const { login, account, session } = await person('pilots');
    const other = await world.signIn(login);
    account.groups = ['others'];
    world.turn(5 * minute);
    expect((await me(session)).status).toBe(401);
    expect((await me(other)).status).toBe(401);
    expect((await userOf(login))['provider']).not.toHaveProperty('group');
    account.groups = ['pilots'];
    expect((await me(await world.signIn(login))).body).toMatchObject({ role: 'operator' });
    expect((await me(other)).status).toBe(401);
  });

  it('ends at once when a sign-in shows that no group gives a role, and does not come back', async () => {
    const { login, account, session } = await person('pilots');
    account.groups = [];
    expect((await attempt(login)).status).toBe(403);
    expect((await me(session)).status).toBe(401);
    account.groups = ['pilots'];
    expect((await attempt(login)).status).toBe(200);
    expect((await me(session)).status).toBe(401);
  });

  it('ends when the provider takes the person no more', async () => {
    const { account, session } = await person('pilots');
    account.disabled = true;
    world.turn(5 * minute);
    expect((await me(session)).status).toBe(401);
    expect((await trailOf('session-ended'))[0]).toMatchObject({ actor: { name: 'Harbour' } });
    account.disabled = false;
    expect((await me(session)).status).toBe(401);
  });

  it('is refreshed again and again, each time by the newest refresh token', async () => {
    const { session } = await person('pilots');
    for (let times = 0; times < 4; times++) {
      world.turn(5 * minute);
      expect((await me(session)).status).toBe(200);
    }
  });

  it('goes on for an hour while the provider is away, asks once a minute, and says so', async () => {
    const { session } = await person('pilots');
    let asked = 0;
    world.provider.tampering.answer = (path, response) => {
      if (path !== '/token') return false;
      asked += 1;
      response.writeHead(502).end();
      return true;
    };
    world.turn(5 * minute);
    const { body } = await me(session);
    expect(body).toMatchObject({ provider: { failedAt: expect.any(String), until: expect.any(String) } });
    await me(session);
    expect(asked).toBe(1);
    world.turn(minute);
    await me(session);
    expect(asked).toBe(2);
    world.turn(53 * minute + 59_000);
    expect((await me(session)).status).toBe(200);
    world.turn(1000);
    expect((await me(session)).status).toBe(401);
    delete world.provider.tampering.answer;
    world.turn(minute);
    expect((await me(session)).status).toBe(200);
    expect((await me(session)).body['provider']).not.toHaveProperty('failedAt');
  });

  it('sends one refresh token once, for requests at once, of several consoles', async () => {
    const { account, session } = await person('captains');
    const second = await world.second();
    account.groups = ['pilots'];
    world.turn(5 * minute);
    const before = world.provider.asked.filter((path) => path === '/token').length;
    world.provider.tampering.delay = 400;
    const ask = [world.ask, second.ask].flatMap((one) => [0, 1, 2].map(() => one(session, 'GET', '/api/v1/users')));
    // None of them still has the role of before.
    expect((await Promise.all(ask)).map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
    expect((await me(session)).body).toMatchObject({ role: 'operator' });
    expect(world.provider.asked.filter((path) => path === '/token').length - before).toBe(1);
    await second.close();
  });

  it('ends where the console has another provider now', async () => {
    const { login, session } = await person('pilots');
    const { id } = await userOf(login);
    await world.store
      .query(accessSchema)
      .updateTable('user')
      .set({ issuer: 'https://login.example/' })
      .where('id', '=', id)
      .execute();
    expect((await me(session)).status).toBe(401);
  });

  it('is signed out at the provider, too', async () => {
    const { session } = await person('pilots');
    const { body } = await world.ask(session, 'DELETE', '/api/v1/session');
    const address = new URL(String(body['address']));
    expect(address.origin).toBe(world.provider.issuer);
    expect(address.searchParams.get('post_logout_redirect_uri')).toBe('http://127.0.0.1:8083/sign-in');
    expect(address.searchParams.get('id_token_hint')).toMatch(/^eyJ/);
    expect((await me(session)).status).toBe(401);
  });
});

describe('a token of a user whom the provider knows', () => {
  const makeToken = async (session: string): Promise<{ readonly id: string; readonly bearer: string }> => {
    const { body } = await world.ask(session, 'POST', '/api/v1/tokens', { name: 'build', role: 'operator' });
    const { id } = body['token'] as { readonly id: string };
    return { id, bearer: `Bearer ${String(body['secret'])}` };
  };
  const worth = async (id: string) => (await readTokenWorth(world.store, [id])).get(id);
  /** How often it was told that the token may be worth something else. */
  const announced = async (id: string): Promise<number> => {
    const { rows } = await sql`select from store.unclaimed_fact where payload->>'token' = ${id}`.execute(
      world.store.query(accessSchema),
    );
    return rows.length;
  };
  const stateOf = async (id: string): Promise<unknown> => {
    const { body } = await world.ask(admin, 'GET', '/api/v1/tokens');
    const tokens = body['tokens'] as readonly { readonly id: string; readonly owner: { readonly state?: string } }[];
    return tokens.find((one) => one.id === id)?.owner.state;
  };

  it('is worth the role of now, and nothing without one', async () => {
    const { login, account, session } = await person('captains');
    const { id, bearer } = await makeToken(session);
    expect(await worth(id)).toBe('counts');
    account.groups = ['deckhands'];
    world.turn(5 * minute);
    await me(session);
    expect((await me(bearer)).body['permissions']).not.toContain('publish');
    expect(await worth(id)).toBe('owner-lost');
    expect(await announced(id)).toBe(1);
    account.groups = [];
    world.turn(5 * minute);
    expect((await me(session)).status).toBe(401);
    expect((await me(bearer)).status).toBe(401);
    expect(await stateOf(id)).toBe('no-role');
    account.groups = ['captains'];
    await world.signIn(login);
    expect((await me(bearer)).status).toBe(200);
    expect(await worth(id)).toBe('counts');
    expect(await announced(id)).toBe(3);
  });

  it('opens nothing once the provider has not confirmed the user for 30 days; what it published counts', async () => {
    const { login, session } = await person('captains');
    const { id, bearer } = await makeToken(session);
    world.turn(30 * day);
    expect((await me(bearer)).status).toBe(200);
    world.turn(1000);
    expect((await me(bearer)).status).toBe(401);
    expect(await stateOf(id)).toBe('unconfirmed');
    expect(await worth(id)).toBe('counts');
    await world.signIn(login);
    expect((await me(bearer)).status).toBe(200);
  });
});

it('a token of a user whom another provider knew opens nothing, and counts on', async () => {
  const { login, session } = await person('captains');
  const { body } = await world.ask(session, 'POST', '/api/v1/tokens', { name: 'kept', role: 'administrator' });
  const bearer = `Bearer ${String(body['secret'])}`;
  const { id } = body['token'] as { readonly id: string };
  expect((await me(bearer)).status).toBe(200);
  const issuer = 'https://login.example/';
  const users = world.store.query(accessSchema).updateTable('user');
  await users
    .set({ issuer })
    .where('id', '=', (await userOf(login)).id)
    .execute();
  expect((await me(bearer)).status).toBe(401);
  expect((await readTokenWorth(world.store, [id])).get(id)).toBe('counts');
});

describe('another provider', () => {
  it('that tells groups to who asks is asked; one without refresh tokens has people sign in each hour', async () => {
    const other = await openSignInWorld({ groupsIn: 'userinfo', refreshTokens: false });
    try {
      other.provider.accounts.set('ada', { name: 'Ada', groups: ['pilots'] });
      const session = await other.signIn('ada');
      expect(other.provider.asked).toContain('/me');
      other.turn(59 * minute);
      expect((await other.ask(session, 'GET', '/api/v1/session')).body).toMatchObject({ role: 'operator' });
      other.turn(minute);
      expect((await other.ask(session, 'GET', '/api/v1/session')).status).toBe(401);
    } finally {
      await other.close();
    }
  });
});

describe('the test of a provider', () => {
  const run = async () => {
    const { body } = await world.ask(admin, 'POST', '/api/v1/provider/test');
    const checks = body['checks'] as readonly {
      readonly name: string;
      readonly state: string;
      readonly words: string;
    }[];
    return new Map(checks.map(({ name, state, words }) => [name, { state, words }]));
  };

  it('says what works, and shows no secret', async () => {
    const checks = await run();
    expect([...checks].filter(([, { state }]) => state === 'fail')).toEqual([]);
    expect(checks.get('Client')?.state).toBe('pass');
    const { body } = await world.ask(admin, 'GET', '/api/v1/provider');
    expect(body).toMatchObject({ provider: { redirectUri: 'http://127.0.0.1:8083/sign-in/provider' } });
    expect(JSON.stringify([body, ...checks])).not.toContain(world.provider.clientSecret);
  });
});
