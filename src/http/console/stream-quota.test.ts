import { get, type ClientRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '#base/index.ts';
import { limits } from '../limits.ts';
import { createServer, type Principal, type Server, stream } from './index.ts';

describe('live streams', () => {
  let server: Server;
  let port: number;
  const asked: ClientRequest[] = [];

  beforeEach(async () => {
    server = await createServer({
      routes: [],
      streams: [stream('/api/v1/events', 'read', async () => undefined)],
      authenticate: async ({ authorization = '' }): Promise<Principal> => {
        const [kind, id = '', session] = authorization.split(' ');
        const known = { id, name: id, permissions: ['read'] as const };
        return kind === 'token' ? { kind, ...known } : { kind: 'user', ...known, session: session ?? '' };
      },
      hostNames: [],
      log: silentLog,
    });
    ({ port } = await server.listen({ host: '127.0.0.1', port: 0 }));
  });
  afterEach(async () => {
    for (const one of asked.splice(0)) one.destroy();
    await server.close();
  });

  const open = (authorization: string) =>
    new Promise<{ readonly status: number; readonly retry: string | undefined; readonly leave: () => void }>(
      (resolve) => {
        const request = get({
          host: '127.0.0.1',
          port,
          path: '/api/v1/events',
          headers: { authorization },
          agent: false,
        });
        request.on('error', () => undefined);
        asked.push(request);
        request.once('response', (response) => {
          response.on('error', () => undefined).resume();
          const retry = response.headers['retry-after'];
          resolve({ status: response.statusCode ?? 0, retry, leave: () => request.destroy() });
        });
      },
    );
  const statuses = async (count: number, authorization: string): Promise<readonly number[]> => {
    const found: number[] = [];
    for (let n = 0; n < count; n++) found.push((await open(authorization)).status);
    return found;
  };
  const expected = (served: number, refused: number): readonly number[] => [
    ...Array.from({ length: served }, () => 200),
    ...Array.from({ length: refused }, () => 429),
  ];

  it('are served to a session, a user and a token up to a number, and to others none the less', async () => {
    const { streamsOfSession, streamsOfCaller } = limits;
    expect([streamsOfSession.value, streamsOfCaller.value]).toEqual([4, 8]);
    expect(await statuses(5, 'user ann 1')).toEqual(expected(4, 1));
    expect(await statuses(5, 'user ann 2')).toEqual(expected(4, 1));
    expect(await statuses(1, 'user ann 3')).toEqual([429]);
    expect(await statuses(1, 'user ben 1')).toEqual([200]);
    expect(await statuses(9, 'token ci')).toEqual(expected(8, 1));
    expect(Number((await open('token ci')).retry)).toBeGreaterThan(0);
  });

  it('of all callers together are served up to a number', async () => {
    const callers = Array.from({ length: limits.streams.value / 8 + 1 }, (_, n) => `token t${n}`);
    const all: number[] = [];
    for (const caller of callers)
      all.push(...(await Promise.all(Array.from({ length: 8 }, async () => (await open(caller)).status))));
    expect(all.filter((status) => status === 200)).toHaveLength(limits.streams.value);
  });

  it('that end make room', async () => {
    const first = await open('user ann 1');
    await statuses(3, 'user ann 1');
    expect((await open('user ann 1')).status).toBe(429);
    first.leave();
    await pause(100);
    expect((await open('user ann 1')).status).toBe(200);
  });
});
