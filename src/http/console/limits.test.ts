import { request as openRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#base/index.ts';
import { endpoint } from '../endpoint.ts';
import { createServer, type Principal, route, type Server, stream } from './index.ts';
import type { ServerOptions } from './server.ts';

const look = endpoint({
  method: 'GET',
  path: '/api/v1/look',
  summary: 'Looks',
  needs: 'read',
  reply: z.object({ ip: z.string() }),
});
const enter = endpoint({
  method: 'POST',
  path: '/api/v1/enter',
  summary: 'Sets a cookie',
  needs: 'public',
  reply: z.object({ ip: z.string() }),
});

describe('callers', () => {
  let server: Server;
  let principals: Readonly<Record<string, Principal>>;
  afterEach(() => server.close());

  const open = async (options: Partial<ServerOptions>): Promise<void> => {
    server = await createServer({
      routes: [
        route(look, async ({ request }) => ({ ip: request.ip })),
        route(enter, async ({ request, reply }) => {
          reply.setCookie('seawall_session', 'x', 60);
          return { ip: request.ip };
        }),
      ],
      authenticate: async ({ authorization = '' }) => principals[authorization],
      hostNames: [],
      log: silentLog,
      ...options,
    });
  };
  const reader = (kind: Principal['kind'], id: string): Principal => ({ kind, id, name: id, permissions: ['read'] });
  const ask = (authorization: string, from = '192.0.2.1', headers = {}) =>
    server.inject({
      method: 'GET',
      url: look.path,
      headers: { authorization, 'x-forwarded-for': from, ...headers },
    });
  const statuses = async (times: number, authorization: string, from?: string): Promise<readonly number[]> => {
    const replies = [];
    for (let n = 0; n < times; n++) replies.push((await ask(authorization, from)).statusCode);
    return replies;
  };

  it('are counted each by itself: a stolen token slows down nobody else, nor does who has none', async () => {
    principals = {
      ann: reader('user', '1'),
      ci: reader('token', '1'),
      board: reader('token', '2'),
      pier: reader('agent', '1'),
    };
    await open({ limits: { seconds: 60, user: 5, token: 2, agent: 3, stranger: 1 }, trustProxy: ['loopback'] });
    expect(await statuses(4, 'ci')).toEqual([200, 200, 429, 429]);
    expect(await statuses(3, 'board')).toEqual([200, 200, 429]);
    expect(await statuses(4, 'pier')).toEqual([200, 200, 200, 429]);
    expect(await statuses(2, 'wrong')).toEqual([401, 429]);
    expect(await statuses(1, 'wrong', '192.0.2.2')).toEqual([401]);
    expect(await statuses(2, 'wrong', '2001:db8::1')).toEqual([401, 429]);
    expect(await statuses(1, 'wrong', '2001:db8::2')).toEqual([429]);
    expect(await statuses(6, 'ann')).toEqual([200, 200, 200, 200, 200, 429]);
    const refused = await ask('ci');
    expect(JSON.parse(refused.body).error.code).toBe('too-many-requests');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('are not limited by what pages ask at once', async () => {
    principals = { ann: reader('user', '1') };
    await open({});
    const replies = await Promise.all(Array.from({ length: 1000 }, () => ask('ann')));
    expect(new Set(replies.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  });

  it('are known by what a trusted proxy says, and by nothing that they say themselves', async () => {
    principals = { ann: reader('user', '1') };
    const headers = { 'x-forwarded-proto': 'https' };
    const address = async (from: string) => JSON.parse((await ask('ann', from)).body).ip as string;
    const cookie = async () =>
      (await server.inject({ method: 'POST', url: enter.path, headers })).cookies[0]?.['secure'] ?? false;
    await open({});
    expect([await address('192.0.2.1'), await cookie()]).toEqual(['127.0.0.1', false]);
    await server.close();
    await open({ trustProxy: ['198.51.100.0/24'] });
    expect([await address('192.0.2.1'), await cookie()]).toEqual(['127.0.0.1', false]);
    await server.close();
    await open({ trustProxy: ['loopback', '198.51.100.0/24'] });
    expect([await address('203.0.113.9, 192.0.2.1, 198.51.100.7'), await cookie()]).toEqual(['192.0.2.1', true]);
  });

  it('whose view changes connect their pages again', async () => {
    let ann: Principal = { ...reader('user', '1'), collections: ['shop'] };
    await open({
      heartbeat: 20,
      authenticate: async () => ann,
      streams: [stream('/api/v1/events', 'read', async () => undefined)],
    });
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const ended = new Promise<void>((resolve) => {
      openRequest({ host: '127.0.0.1', port, path: '/api/v1/events' }, (response) => {
        response.resume().on('close', resolve);
        ann = { ...ann, collections: ['shop', 'harbour'] };
      }).end();
    });
    await ended;
  });
});
