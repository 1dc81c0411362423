import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Log } from '#base/index.ts';
import { createServer, type InjectedReply, type Server } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { Role } from '../contract.ts';
import { rolePermissions } from '../contract.ts';
import { sessionPermissions } from '../roles.ts';
import { type Access, accessSchema, createAccess } from './index.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const lines: string[] = [];
const note = (context: object, message: string): void => void lines.push(JSON.stringify({ ...context, message }));
const log: Log = { debug: note, info: note, warn: note, error: note };

describe('access', () => {
  let store: Store;
  let access: Access;
  let server: Server;
  let now = Date.UTC(2026, 0, 1);
  const secrets: string[] = [];

  beforeAll(async () => {
    store = await createTestStore([accessSchema]);
    access = createAccess({ store, clock: () => new Date(now), log, random: randomBytes });
    await access.ensureFirstUser();
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    now += 30 * day;
    server = await createServer({ routes: access.routes, authenticate: access.authenticate, hostNames: [], log });
    return () => server.close();
  });

  interface Sender {
    readonly cookie?: string;
    readonly authorization?: string;
  }
  const ask = (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    sender: Sender & { readonly payload?: object } = {},
  ) => {
    const { payload, ...headers } = sender;
    return server.inject({
      method,
      url,
      headers: { 'sec-fetch-site': 'same-origin', ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
  };
  const useLink = (secret: string): Promise<InjectedReply> =>
    ask('POST', '/api/v1/session', { payload: { by: 'link', secret } });
  const usePassword = (password: string, name = 'admin'): Promise<InjectedReply> =>
    ask('POST', '/api/v1/session', { payload: { by: 'password', name, password } });
  const cookieOf = (reply: InjectedReply): string => {
    const value = reply.cookies[0]?.value ?? '';
    secrets.push(value);
    return `seawall_session=${value}`;
  };
  const signedIn = async (): Promise<string> => {
    const { secret } = await access.createSignInLink();
    secrets.push(secret);
    return cookieOf(await useLink(secret));
  };
  const codeOf = (reply: InjectedReply): unknown => JSON.parse(reply.body).error?.code;

  it('signs in with a link, once, with a cookie that no script can read', async () => {
    const { secret } = await access.createSignInLink();
    const replies = await Promise.all([useLink(secret), useLink(secret), useLink(secret)]);
    const good = replies.find((reply) => reply.statusCode === 200);
    expect(replies.map((reply) => reply.statusCode).toSorted()).toEqual([200, 401, 401]);
    expect(JSON.parse(good?.body ?? '')).toEqual({
      name: 'admin',
      kind: 'user',
      role: 'administrator',
      permissions: sessionPermissions('administrator'),
      hasPassword: false,
      needsOldPassword: false,
    });
    expect(good?.cookies[0]).toMatchObject({ name: 'seawall_session', httpOnly: true, sameSite: 'Strict', path: '/' });
  });

  it('refuses a link after 15 minutes', async () => {
    const { secret, expiresAt } = await access.createSignInLink();
    expect(expiresAt.getTime() - now).toBe(15 * minute);
    now += 15 * minute;
    expect(codeOf(await useLink(secret))).toBe('bad-credentials');
  });

  it('ends a session after 12 hours without use, and after 7 days of use', async () => {
    const idle = await signedIn();
    now += 11 * hour;
    expect((await ask('GET', '/api/v1/session', { cookie: idle })).statusCode).toBe(200);
    now += 11 * hour;
    expect((await ask('GET', '/api/v1/session', { cookie: idle })).statusCode).toBe(200);
    now += 12 * hour;
    expect(codeOf(await ask('GET', '/api/v1/session', { cookie: idle }))).toBe('not-signed-in');
    const busy = await signedIn();
    const answers = new Set<number>();
    for (let passed = 0; passed < 6 * day; passed += 11 * hour) {
      now += 11 * hour;
      answers.add((await ask('GET', '/api/v1/session', { cookie: busy })).statusCode);
    }
    expect([...answers]).toEqual([200]);
    now += 11 * hour;
    await ask('GET', '/api/v1/session', { cookie: busy });
    now += 11 * hour;
    expect(codeOf(await ask('GET', '/api/v1/session', { cookie: busy }))).toBe('not-signed-in');
  });

  it('does not count an open live page as use', async () => {
    const secret = (await signedIn()).replace('seawall_session=', '');
    const check = () => access.authenticate({ cookies: { seawall_session: secret }, purpose: 'check' });
    now += 11 * hour;
    expect(await check()).toMatchObject({ name: 'admin' });
    now += hour;
    expect(await check()).toBeUndefined();
  });

  it('signs out', async () => {
    const cookie = await signedIn();
    expect((await ask('DELETE', '/api/v1/session', { cookie })).statusCode).toBe(200);
    expect(codeOf(await ask('GET', '/api/v1/session', { cookie }))).toBe('not-signed-in');
  });

  it('takes a password, and ends the other sessions with it', async () => {
    const [cookie, other] = [await signedIn(), await signedIn()];
    expect((await usePassword('correct horse battery')).statusCode).toBe(401);
    const short = await ask('PUT', '/api/v1/session/password', { cookie, payload: { password: 'too short' } });
    expect(codeOf(short)).toBe('bad-request');
    const set = await ask('PUT', '/api/v1/session/password', {
      cookie,
      payload: { password: 'correct horse battery' },
    });
    expect((await ask('GET', '/api/v1/session', { cookie: cookieOf(set) })).statusCode).toBe(200);
    expect((await ask('GET', '/api/v1/session', { cookie })).statusCode).toBe(401);
    expect((await ask('GET', '/api/v1/session', { cookie: other })).statusCode).toBe(401);
    expect((await usePassword('correct horse batterz')).statusCode).toBe(401);
    expect((await usePassword('correct horse battery', 'nobody')).statusCode).toBe(401);
    const reply = await usePassword('correct horse battery');
    cookieOf(reply);
    expect(JSON.parse(reply.body)).toMatchObject({ name: 'admin', hasPassword: true });
  });

  it.each(Object.entries(rolePermissions))('lets a token of role %s do just that', async (role, permissions) => {
    const { secret } = await access.createToken({ name: 'ci', role: Role.parse(role), days: 1 });
    secrets.push(secret);
    const ask = (authorization: string) => access.authenticate({ authorization, cookies: {}, purpose: 'renew' });
    expect(secret).toMatch(/^seawall_[A-Za-z0-9_-]{43}$/);
    expect(await ask(`Bearer ${secret}`)).toMatchObject({ kind: 'token', name: 'ci', permissions });
    expect(await ask(`Bearer ${secret.slice(0, -1)}${secret.endsWith('A') ? 'E' : 'A'}`)).toBeUndefined();
    expect(await ask(`Basic ${secret}`)).toBeUndefined();
    now += day;
    expect(await ask(`Bearer ${secret}`)).toBeUndefined();
  });

  it('makes, lists and revokes tokens for users, and for no token', async () => {
    const cookie = await signedIn();
    const made = await ask('POST', '/api/v1/tokens', {
      cookie,
      payload: { name: 'build', role: 'developer', repositories: ['a/*'] },
    });
    const { token, secret } = JSON.parse(made.body);
    secrets.push(secret);
    const authorization = `Bearer ${secret}`;
    expect(codeOf(await ask('GET', '/api/v1/tokens', { authorization }))).toBe('not-allowed');
    expect(JSON.parse((await ask('GET', '/api/v1/session', { authorization })).body)).toMatchObject({
      name: 'build',
      kind: 'token',
    });
    const listed = await ask('GET', '/api/v1/tokens', { cookie });
    expect(JSON.parse(listed.body).tokens).toContainEqual({ ...token, lastUsedAt: new Date(now).toISOString() });
    expect((await ask('DELETE', `/api/v1/tokens/${token.id}`, { cookie })).statusCode).toBe(200);
    expect(codeOf(await ask('DELETE', `/api/v1/tokens/${token.id}`, { cookie }))).toBe('not-found');
    expect(codeOf(await ask('GET', '/api/v1/session', { authorization }))).toBe('not-signed-in');
  });

  it('lets a wrong token not fall back on the session beside it', async () => {
    const cookie = await signedIn();
    expect((await ask('GET', '/api/v1/session', { cookie, authorization: 'Bearer wrong' })).statusCode).toBe(401);
  });

  it('keeps no secret in the database or the log', async () => {
    const tables = await sql<{ text: string }>`
      select query_to_xml('select * from access.' || quote_ident(tablename), true, false, '')::text as text
      from pg_tables where schemaname = 'access'`.execute(store.query(accessSchema));
    const everything = [...tables.rows.map((row) => row.text), ...lines].join('\n');
    expect(secrets.filter((secret) => secret.length > 20).length).toBeGreaterThan(10);
    for (const secret of secrets.filter((one) => one !== '')) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString('base64'));
    }
    expect(everything).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    expect(everything).not.toContain('correct horse');
  });
});
