import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#base/index.ts';
import { endpoint } from '../endpoint.ts';
import { createServer, route, type Server } from './index.ts';
import type { ServerOptions } from './server.ts';

const enter = endpoint({
  method: 'POST',
  path: '/api/v1/enter',
  summary: 'Sets a cookie',
  needs: 'public',
  reply: z.object({ had: z.string().optional() }),
});
const look = endpoint({
  method: 'GET',
  path: '/api/v1/look',
  summary: 'Looks',
  needs: 'read',
  reply: z.object({}),
});
const leave = endpoint({
  method: 'DELETE',
  path: '/api/v1/enter',
  summary: 'Clears a cookie',
  needs: 'public',
  reply: z.object({}),
});

describe('cookies', () => {
  let server: Server;
  afterEach(() => server.close());

  const open = async (options: Partial<ServerOptions>): Promise<void> => {
    server = await createServer({
      routes: [
        route(enter, async ({ request, reply }) => {
          reply.setCookie('session', 'new', 60);
          const had = request.cookies['session'];
          return had === undefined ? {} : { had };
        }),
        route(leave, async ({ reply }) => {
          reply.clearCookie('session');
          return {};
        }),
        route(look, async () => ({})),
      ],
      authenticate: async ({ cookies }) =>
        cookies['session'] === 'good' ? { kind: 'user', id: '1', name: 'ann', permissions: ['read'] } : undefined,
      hostNames: [],
      log: silentLog,
      ...options,
    });
  };
  const ask = async (method: 'GET' | 'POST' | 'DELETE', url: string, headers: Record<string, string> = {}) =>
    await server.inject({ method, url, headers: { 'sec-fetch-site': 'same-origin', ...headers } });

  const behindTls = { origin: 'https://seawall.example' };
  const proxied = { trustProxy: ['loopback'] };
  const byTls = { 'x-forwarded-proto': 'https' };

  interface Way {
    readonly what: string;
    readonly options: Partial<ServerOptions>;
    readonly headers?: Record<string, string>;
    readonly isSecure: boolean;
  }
  const ways: readonly Way[] = [
    { what: 'plain HTTP', options: {}, isSecure: false },
    { what: 'plain HTTP by name', options: { origin: 'http://seawall.lan:8083' }, isSecure: false },
    { what: 'a stranger who claims TLS', options: {}, headers: byTls, isSecure: false },
    { what: 'an https origin behind a proxy that says nothing', options: behindTls, isSecure: true },
    { what: 'an https origin', options: { ...behindTls, ...proxied }, headers: byTls, isSecure: true },
    { what: 'a proxy that says TLS', options: proxied, headers: byTls, isSecure: true },
  ];
  test.each(ways)('by $what', async ({ options, headers, isSecure }) => {
    const name = isSecure ? '__Host-session' : 'session';
    const secure = isSecure && { secure: true };
    await open(options);
    const reply = await ask('POST', enter.path, headers);
    expect(reply.cookies).toEqual([
      {
        name,
        value: 'new',
        path: '/',
        maxAge: 60,
        httpOnly: true,
        sameSite: 'Strict',
        ...secure,
      },
    ]);
    const cleared = await ask('DELETE', leave.path, headers);
    expect(cleared.cookies[0]).toMatchObject({ name, value: '', path: '/', ...secure });
  });

  test('that came or were set by plain HTTP count for nothing where the origin is https', async () => {
    await open(behindTls);
    const statusOf = async (cookie: string) => (await ask('GET', look.path, { cookie })).statusCode;
    expect(await statusOf('session=good')).toBe(401);
    expect(await statusOf('session=good; __Host-session=bad')).toBe(401);
    expect(await statusOf('session=bad; __Host-session=good')).toBe(200);
    expect(JSON.parse((await ask('POST', enter.path, { cookie: '__Host-session=old' })).body)).toEqual({ had: 'old' });
  });

  test('of the other form count for nothing by plain HTTP, either', async () => {
    await open({});
    expect((await ask('GET', look.path, { cookie: '__Host-session=good' })).statusCode).toBe(401);
    expect((await ask('GET', look.path, { cookie: 'session=good' })).statusCode).toBe(200);
  });
});
