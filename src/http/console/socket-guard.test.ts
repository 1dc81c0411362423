import { once } from 'node:events';
import { get, Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#base/index.ts';
import { endpoint } from '../endpoint.ts';
import { createServer, type Principal, route, type Server } from './index.ts';
import type { ServerOptions } from './server.ts';

const look = endpoint({
  method: 'GET',
  path: '/api/v1/look/:wait',
  summary: 'Look',
  needs: 'read',
  params: z.object({ wait: z.coerce.number() }),
  reply: z.object({ ok: z.literal(true) }),
});

const submit = endpoint({
  method: 'POST',
  path: '/api/v1/submit',
  summary: 'Send',
  needs: 'public',
  body: z.object({ text: z.string() }),
  reply: z.object({ ok: z.literal(true) }),
});

describe('connections to a port', () => {
  let server: Server;
  let port: number;
  const opened: Socket[] = [];
  const agents: Agent[] = [];
  afterEach(async () => {
    for (const socket of opened.splice(0)) socket.destroy();
    for (const agent of agents.splice(0)) agent.destroy();
    await server.close();
  });

  const open = async (options: Partial<ServerOptions> = {}): Promise<void> => {
    server = await createServer({
      routes: [
        route(look, async ({ params }) => {
          await pause(params.wait);
          return { ok: true as const };
        }),
        route(submit, async () => ({ ok: true as const })),
      ],
      authenticate: async ({ authorization: id }): Promise<Principal | undefined> =>
        id === undefined ? undefined : { kind: 'token', id, name: id, permissions: ['read'] },
      hostNames: [],
      log: silentLog,
      ...options,
    });
    ({ port } = await server.listen({ host: '127.0.0.1', port: 0 }));
  };
  const silent = async (count: number, localAddress: string): Promise<readonly Socket[]> => {
    const sockets = Array.from({ length: count }, () => {
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      socket.on('error', () => undefined).resume();
      opened.push(socket);
      return socket;
    });
    await Promise.all(sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
    await pause(100);
    return sockets;
  };
  /** Connections that send headers and the first bytes of a body, and never the rest. */
  const halfSent = async (count: number, localAddress: string): Promise<readonly Socket[]> => {
    const sockets = await silent(count, localAddress);
    const head = 'content-type: application/json\r\ncontent-length: 1000';
    for (const socket of sockets)
      socket.write(`POST ${submit.path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${head}\r\n\r\n{"te`);
    await pause(100);
    return sockets;
  };
  const left = (sockets: readonly Socket[]): number =>
    sockets.filter(({ destroyed, closed }) => !destroyed && !closed).length;
  /** A connection that stays open. */
  const client = (): Agent => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    return agent;
  };
  const ask = (agent: Agent, authorization?: string, wait = 0): Promise<number | string> =>
    new Promise((resolve) => {
      const headers = authorization === undefined ? {} : { authorization };
      get({ host: '127.0.0.1', port, path: `/api/v1/look/${wait}`, agent, headers }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      }).on('error', (error) => resolve(error.message));
    });
  const still = async (agent: Agent): Promise<boolean> => {
    await pause(50);
    return Object.values(agent.freeSockets).flat().length === 1;
  };

  it('that say nothing keep nobody else out, nor who is known at the same address', async () => {
    await open();
    const known = client();
    expect(await ask(known, 'ci')).toBe(200);
    const flood = await silent(500, '127.0.0.2');
    await expect.poll(() => left(flood), { timeout: 20_000 }).toBe(64);
    expect(await Promise.all([ask(known, 'ci'), ask(client(), 'ci'), ask(client())])).toEqual([200, 200, 401]);
    const here = await silent(200, '127.0.0.1');
    await expect.poll(() => left(here), { timeout: 20_000 }).toBeLessThanOrEqual(64);
    expect([await ask(known, 'ci'), await still(known), await ask(client(), 'ci')]).toEqual([200, true, 200]);
  });

  it('of many addresses leave room for one more: who has most gives one up', async () => {
    await open({ sockets: { perAddress: 10, perCaller: 10, total: 20 } });
    const floods = [await silent(9, '127.0.0.2'), await silent(7, '127.0.0.3'), await silent(4, '127.0.0.4')];
    expect(floods.map(left)).toEqual([9, 7, 4]);
    expect([await ask(client(), 'ci'), await ask(client(), 'board')]).toEqual([200, 200]);
    await expect.poll(() => floods.map(left), { timeout: 20_000 }).toEqual([7, 7, 4]);
  });

  it('of many addresses with half-sent bodies end none that comes from another address', async () => {
    await open({ sockets: { perAddress: 8, perCaller: 8, total: 64 } });
    const floods: (readonly Socket[])[] = [];
    for (let at = 2; at < 12; at += 1) floods.push(await halfSent(8, `127.0.0.${at}`));
    const held = (): number => floods.reduce((sum, flood) => sum + left(flood), 0);
    await expect.poll(held, { timeout: 20_000 }).toBe(64);
    const answers: (number | string)[] = [];
    for (let times = 0; times < 58; times += 1) answers.push(await ask(client(), times % 2 === 0 ? 'ada' : undefined));
    expect(answers).toEqual(answers.map((_, times) => (times % 2 === 0 ? 200 : 401)));
    const together = await Promise.all(Array.from({ length: 6 }, () => ask(client(), 'ada')));
    expect(together).toEqual(together.map(() => 200));
    expect(Math.max(...floods.map(left)) - Math.min(...floods.map(left))).toBeLessThanOrEqual(2);
  });

  it('of one address with half-sent bodies end none of others behind it', async () => {
    await open({ sockets: { perAddress: 8, perCaller: 8, total: 64 } });
    const flood = await halfSent(8, '127.0.0.1');
    for (let times = 0; times < 12; times += 1) expect(await ask(client())).toBe(401);
    expect(left(flood)).toBeLessThan(8);
  });

  it('are not ended for another while a request that came whole is answered', async () => {
    await open({ sockets: { perAddress: 8, perCaller: 8, total: 10 } });
    const answers = Array.from({ length: 4 }, () => ask(client(), 'ci', 1000));
    await pause(200);
    await halfSent(6, '127.0.0.2');
    await halfSent(6, '127.0.0.3');
    expect(await ask(client(), 'board')).toBe(200);
    expect(await Promise.all(answers)).toEqual([200, 200, 200, 200]);
  });

  it('of one caller are bounded too, and none with a request is ended for another', async () => {
    await open({ sockets: { perAddress: 10, perCaller: 3, total: 100 } });
    const [first, second] = [client(), client()];
    expect([await ask(first, 'ci'), await ask(second, 'ci')]).toEqual([200, 200]);
    const busy = client();
    const answer = ask(busy, 'ci', 500);
    await pause(50);
    expect(await ask(client(), 'ci')).toBe(200);
    expect([await still(first), await still(second), await answer]).toEqual([false, true, 200]);
    expect(await ask(client(), 'board')).toBe(200);
  });

  it('that all have a request refuse the newest', async () => {
    await open({ sockets: { perAddress: 10, perCaller: 2, total: 100 } });
    const answers = [ask(client(), 'ci', 600), ask(client(), 'ci', 600)];
    await pause(100);
    expect(await ask(client(), 'ci', 0)).toContain('socket hang up');
    expect(await Promise.all(answers)).toEqual([200, 200]);
  });
});
