import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '#base/index.ts';
import { createServer, type InjectedReply, type Server } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { type Access, accessSchema, createAccess } from './index.ts';

const right = 'correct horse battery';
const attacker = '203.0.113.9';
const home = '198.51.100.7';

let store: Store;
let access: Access;
let server: Server;
let now = 0;

beforeEach(async () => {
  store = await createTestStore([accessSchema]);
  now = Date.UTC(2026, 0, 1);
  access = newConsole();
  await access.ensureFirstUser();
  server = await serverOf(access);
  const cookie = sessionOf(await byLink(home));
  const set = await send('PUT', '/api/v1/session/password', { from: home, cookie, payload: { password: right } });
  expect(set.statusCode).toBe(200);
});
afterEach(async () => {
  await server.close();
  await store.close();
});

function newConsole(): Access {
  return createAccess({ store, clock: () => new Date(now), log: silentLog, random: randomBytes });
}

async function serverOf({ routes, authenticate }: Access): Promise<Server> {
  return await createServer({ routes, authenticate, hostNames: [], log: silentLog, trustProxy: ['loopback'] });
}

interface Sent {
  readonly from: string;
  readonly cookie?: string;
  readonly payload?: object;
  readonly to?: Server;
}

async function send(method: 'GET' | 'PUT' | 'POST', url: string, { from, cookie, payload, to = server }: Sent) {
  const headers = { 'sec-fetch-site': 'same-origin', 'x-forwarded-for': from, ...(cookie && { cookie }) };
  return await to.inject({ method, url, headers, ...(payload && { payload }) });
}

type Try = Partial<Omit<Sent, 'payload'>> & { readonly name?: string; readonly password?: string };

async function enter({ name = 'admin', password = right, from = home, ...sent }: Try): Promise<InjectedReply> {
  return await send('POST', '/api/v1/session', { from, ...sent, payload: { by: 'password', name, password } });
}

async function byLink(from: string, secret?: string): Promise<InjectedReply> {
  const link = secret ?? (await access.createSignInLink()).secret;
  return await send('POST', '/api/v1/session', { from, payload: { by: 'link', secret: link } });
}

async function fail(times: number, wrong: Try): Promise<readonly number[]> {
  const statuses = [];
  for (let n = 0; n < times; n++) statuses.push((await enter({ password: `wrong ${n}`, ...wrong })).statusCode);
  return statuses;
}

const cookiesOf = ({ cookies }: InjectedReply): string =>
  cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
const sessionOf = (reply: InjectedReply): string => cookiesOf(reply).split('; ')[0] ?? '';
const waitOf = ({ headers }: InjectedReply): number => Number(headers['retry-after']);

describe('wrong passwords', () => {
  it('slow down their network, and nobody else; a link works at once', async () => {
    const statuses = await fail(50, { from: attacker });
    expect(statuses).toEqual([...Array<number>(6).fill(401), ...Array<number>(44).fill(429)]);
    expect((await enter({ from: home })).statusCode).toBe(200);
    expect((await byLink(attacker)).statusCode).toBe(200);
    const refused = await enter({ from: attacker });
    expect([refused.statusCode, waitOf(refused)]).toEqual([429, 1]);
    now += 1000;
    expect((await enter({ from: attacker })).statusCode).toBe(200);
  });

  it('keep a right password of the same network out for a minute at most', async () => {
    for (let n = 0; n < 40; n++) {
      const { statusCode, headers } = await enter({ from: attacker, password: 'wrong' });
      if (statusCode === 429) now += Number(headers['retry-after']) * 1000;
    }
    const refused = await enter({ from: attacker });
    expect(waitOf(refused)).toBeLessThanOrEqual(60);
    now += waitOf(refused) * 1000;
    expect((await enter({ from: attacker })).statusCode).toBe(200);
  });

  it('are counted before they are looked at, so that many at once gain nothing', async () => {
    const second = await serverOf(newConsole());
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        enter({ from: attacker, password: `wrong ${n}`, to: n % 2 === 0 ? server : second }),
      ),
    );
    const looked = replies.filter(({ statusCode }) => statusCode === 401).length;
    const more = await fail(10, { from: attacker, to: second });
    expect(looked + more.filter((status) => status === 401).length).toBe(6);
    expect((await fail(1, { from: attacker }))[0]).toBe(429);
    await second.close();
  });

  it('are not forgotten by a right one of another account in between', async () => {
    const { secret } = await access.createToken({ name: 'setup', role: 'administrator' });
    const authorization = { authorization: `Bearer ${secret}`, 'sec-fetch-site': 'same-origin' };
    const made = await server.inject({
      method: 'POST',
      url: '/api/v1/users',
      headers: authorization,
      payload: { name: 'mallory', role: 'developer' },
    });
    const cookie = sessionOf(await byLink(attacker, JSON.parse(made.body).secret));
    const password = 'mallory has this one';
    await send('PUT', '/api/v1/session/password', { from: attacker, cookie, payload: { password: `x ${password}` } });
    const statuses = [];
    for (let n = 0; n < 12; n++) {
      statuses.push((await enter({ from: attacker, password: `wrong ${n}` })).statusCode);
      await enter({ from: attacker, name: 'mallory', password: `x ${password}` });
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(6);
  });

  it('from many networks leave the user a first try from any other', async () => {
    for (let n = 0; n < 60; n++) await enter({ from: `192.0.2.${n}`, password: 'wrong' });
    expect(await fail(3, { from: '192.0.2.200' })).toEqual([401, 401, 429]);
    expect((await enter({ from: home })).statusCode).toBe(200);
  });

  it('from the networks of one /48 slow down the /48', async () => {
    const statuses = [];
    for (let n = 0; n < 100; n++)
      statuses.push(...(await fail(1, { from: `2001:db8:7:${n.toString(16)}::1`, password: `wrong ${n}` })));
    expect(statuses.filter((status) => status === 401)).toHaveLength(31);
    expect((await enter({ from: '2001:db8:8::1' })).statusCode).toBe(200);
    now += 4000;
    expect((await enter({ from: '2001:db8:7:ffff::1' })).statusCode).toBe(200);
  });

  it('do not touch a browser that the user signed in with, whatever its network does', async () => {
    const known = cookiesOf(await enter({ from: home })).split('; ')[1] ?? '';
    expect(known).toMatch(/^seawall_browser=/);
    await fail(30, { from: home });
    expect((await enter({ from: home })).statusCode).toBe(429);
    expect((await enter({ from: home, cookie: known })).statusCode).toBe(200);
    for (const forged of [`${known}x`, known.replace('=', '=x'), 'seawall_browser=', 'seawall_browser=a.b'])
      expect((await enter({ from: home, cookie: forged })).statusCode).toBe(429);
    expect(await fail(7, { from: home, cookie: known })).toEqual([401, 401, 401, 401, 401, 401, 429]);
  });

  it('of a name that does not exist look and last the same', async () => {
    const [wrong, unknown] = [await enter({ password: 'wrong' }), await enter({ name: 'nobody', password: 'wrong' })];
    const told = ({ body }: InjectedReply) => ({ ...JSON.parse(body).error, requestId: '' });
    expect(told(unknown)).toEqual(told(wrong));
    expect(await fail(7, { from: attacker, name: 'nobody' })).toEqual(await fail(7, { from: '203.0.113.10' }));
    const times: Record<string, number[]> = { admin: [], nobody: [] };
    for (let n = 0; n < 30; n++)
      for (const name of ['admin', 'nobody']) {
        const begun = performance.now();
        await enter({ from: `192.0.2.${n * 2 + (name === 'admin' ? 0 : 1)}`, name, password: 'wrong' });
        times[name]?.push(performance.now() - begun);
      }
    const [known = 0, not = 0] = Object.values(times).map((all) => all.toSorted((a, b) => a - b)[15]);
    expect(Math.abs(known - not) / known).toBeLessThan(0.25);
  });

  it('leave nothing behind', async () => {
    for (let n = 0; n < 20; n++) await enter({ from: `192.0.2.${n}`, name: `name ${n}`, password: 'wrong' });
    now += 101 * 60_000;
    await enter({ from: attacker, password: 'wrong' });
    const { rows } = await sql<{ source: string }>`select source from access.sign_in_delay order by source`.execute(
      store.query(accessSchema),
    );
    expect(rows.map(({ source }) => source.split(':')[0])).toEqual(['account', 'all', 'network']);
  });
});

describe('a flood of passwords', () => {
  it('from many networks keeps nobody waiting, and no other request', async () => {
    const begun = performance.now();
    const took: number[] = [];
    const flood = Array.from({ length: 300 }, async (_, n) => {
      const reply = await enter({ from: `192.0.${n % 50}.${n}`, name: `name ${n}`, password: 'wrong' });
      if (reply.statusCode === 401) took.push(performance.now() - begun);
      return reply.statusCode;
    });
    const asked = performance.now();
    await send('GET', '/api/v1/console', { from: home });
    const answered = performance.now() - asked;
    const statuses = await Promise.all(flood);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(24);
    expect(answered).toBeLessThan(1000);
    expect((await enter({ from: home })).statusCode).toBe(200);
  });

  it('from many addresses keeps no browser out that the user signed in with', async () => {
    const known = cookiesOf(await enter({ from: home })).split('; ')[1] ?? '';
    const flood: Promise<InjectedReply>[] = [];
    const statuses: number[] = [];
    for (let times = 0; times < 8; times += 1) {
      for (let n = 0; n < 120; n += 1)
        flood.push(
          enter({
            from: `192.0.${2 + times}.${n % 60}`,
            name: n % 2 === 0 ? 'admin' : `name ${times} ${n}`,
            password: 'wrong',
            cookie: n % 3 === 0 ? `${known}x` : '',
          }),
        );
      statuses.push((await enter({ from: home, cookie: known })).statusCode);
    }
    expect(statuses).toEqual(Array(8).fill(200));
    expect((await Promise.all(flood)).some(({ statusCode }) => statusCode === 429)).toBe(true);
  });

  it('from one network leaves a place for everybody else', async () => {
    const flood = Array.from({ length: 100 }, async (_, n) => await enter({ from: attacker, name: `name ${n}` }));
    const begun = performance.now();
    expect((await enter({ from: home })).statusCode).toBe(200);
    expect(performance.now() - begun).toBeLessThan(3000);
    await Promise.all(flood);
  });
});

describe('odd passwords and names', () => {
  it('are refused before they cost anything', async () => {
    expect((await enter({ password: 'x'.repeat(1_000_000) })).statusCode).toBe(413);
    expect((await enter({ password: 'x'.repeat(1025) })).statusCode).toBe(400);
    expect((await enter({ name: 'admin\u0000', password: right })).statusCode).toBe(400);
    expect((await enter({ password: `${right}\u0000` })).statusCode).toBe(401);
  });

  it('are told by more than what stands before a NUL, and by no form of composing', async () => {
    const cookie = sessionOf(await byLink(home));
    const password = 'Garçon à la\u0000mer bleue';
    await send('PUT', '/api/v1/session/password', { from: home, cookie, payload: { password } });
    expect((await enter({ password: password.slice(0, 11) })).statusCode).toBe(401);
    expect((await enter({ password: password.normalize('NFD') })).statusCode).toBe(200);
  });
});

describe('a sign-in from elsewhere', () => {
  it.each([
    ['a page of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    ['a page of another site, in an old browser', { origin: 'https://evil.example' }, 403],
    ['a form of another site', { origin: 'https://evil.example', 'content-type': 'text/plain' }, 403],
    ['a name that leads here', { host: 'evil.example', 'sec-fetch-site': 'same-origin' }, 421],
  ])('%s is refused, and uses no link up', async (_, headers, status) => {
    const { secret } = await access.createSignInLink();
    const payload = JSON.stringify({ by: 'link', secret });
    const refused = await server.inject({
      method: 'POST',
      url: '/api/v1/session',
      headers: { 'content-type': 'application/json', ...headers },
      payload,
    });
    expect([refused.statusCode, refused.cookies]).toEqual([status, []]);
    const reply = await byLink(home, secret);
    expect([reply.statusCode, reply.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(reply.headers['referrer-policy']).toBe('no-referrer');
    expect(reply.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(reply.headers['content-security-policy']).toContain("form-action 'self'");
    expect((await byLink(home, secret)).statusCode).toBe(401);
  });
});
