import { once } from 'node:events';
import { Agent, type IncomingMessage, request as openRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#base/index.ts';
import { endpoint } from '../endpoint.ts';
import { type ChildPool, createServer, openChildPool, type Principal, type Server, taskRoute } from './index.ts';
import { measured, endless } from './fixtures/body-tasks.ts';

const bytes = 60_000_000;
const measure = endpoint({
  method: 'POST',
  path: '/api/v1/measure',
  summary: 'Measure a list',
  needs: 'publish',
  body: z.array(z.unknown()),
  limits: { bytes, tokens: 30_000_000, depth: 8 },
  reply: z.object({ length: z.int(), pid: z.int() }),
});
const loop = endpoint({ ...measure, path: '/api/v1/loop' });
const small = endpoint({ ...measure, path: '/api/v1/small', limits: { bytes: 1_000_000, tokens: 1000, depth: 3 } });

const json = { 'content-type': 'application/json' };
const zipped = { ...json, 'content-encoding': 'gzip' };
const list = (items: number): Buffer => Buffer.from(`[${'"aaaaaaaa",'.repeat(items - 1)}"a"]`);

describe('large bodies', () => {
  let server: Server;
  let pool: ChildPool;
  let port: number;

  beforeAll(async () => {
    const entry = new URL('./fixtures/body-tasks.ts', import.meta.url);
    pool = openChildPool({
      entry,
      size: 2,
      heapMegabytes: 64,
      memoryMegabytes: 256,
      timeout: 20_000,
      turn: 1000,
      queuePerCaller: 4,
    });
    server = await createServer({
      routes: [
        taskRoute(measure, measured, async ({ body }) => body),
        taskRoute(loop, endless, async () => ({ length: 0, pid: 0 })),
        taskRoute(small, measured, async ({ body }) => body),
      ],
      authenticate: async ({ authorization = '' }): Promise<Principal> => {
        return { kind: 'token', id: authorization, name: authorization, permissions: ['publish'] };
      },
      hostNames: [],
      log: silentLog,
      children: pool,
    });
    ({ port } = await server.listen({ host: '127.0.0.1', port: 0 }));
  });
  afterAll(async () => {
    await server.close();
    pool.close();
  });

  const post = async (path: string, payload: Buffer, headers: Record<string, string> = {}) => {
    const reply = await server.inject({ method: 'POST', url: path, headers: { ...json, ...headers }, payload });
    return { status: reply.statusCode, retry: reply.headers['retry-after'], body: JSON.parse(reply.body) };
  };

  it('are parsed in a child process, zipped or not, and small ones here', async () => {
    const [plain, packed, few] = [list(20_000), gzipSync(list(20_000)), list(10)];
    expect(await post(measure.path, plain)).toMatchObject({ status: 200, body: { length: 20_000 } });
    const there = await post(measure.path, packed, zipped);
    expect(there).toMatchObject({ status: 200, body: { length: 20_000 } });
    expect(there.body.pid).not.toBe(process.pid);
    expect((await post(measure.path, few)).body).toEqual({ length: 10, pid: process.pid });
    // Many bytes in one value; few bytes, but many values.
    const text = Buffer.from(JSON.stringify(['a'.repeat(100_000)]));
    expect((await post(measure.path, text)).body.pid).not.toBe(process.pid);
    expect((await post(measure.path, Buffer.from(`[${'1,'.repeat(9000)}1]`))).body.pid).not.toBe(process.pid);
  });

  it('that are a bomb end as an error of the sender, and the next is answered', async () => {
    const bomb = gzipSync(Buffer.from(`[${'[],'.repeat(14_000_000)}[]]`));
    expect(bomb.length).toBeLessThan(100_000);
    expect(await post(measure.path, bomb, zipped)).toMatchObject({
      status: 422,
      body: { error: { code: 'too-costly' } },
    });
    expect(await post(measure.path, list(20_000))).toMatchObject({ status: 200 });
  });

  it.each([
    ['values', Buffer.from(`[${'[],'.repeat(20_000)}[]]`), json],
    ['levels', Buffer.from('[[[[]]]]'), json],
    ['bytes', gzipSync(Buffer.alloc(2_000_000, 32)), zipped],
  ])('with too many %s are refused before anything is parsed', async (_, payload, headers) => {
    expect(await post(small.path, payload, headers)).toMatchObject({
      status: 413,
      body: { error: { code: 'too-large' } },
    });
  });

  it('are taken from one caller two at once, and more are told when to come again', async () => {
    const callers = ['a', 'a', 'a', 'b'];
    const requests = callers.map((caller) =>
      openRequest({ ...at(measure.path), headers: { ...json, authorization: caller } }),
    );
    const replies = requests.map(
      (one) =>
        new Promise<{ readonly status: number | undefined; readonly retry: string | undefined }>((resolve, reject) => {
          one.once('error', reject);
          one.once('response', (response) => {
            response.resume();
            resolve({ status: response.statusCode, retry: response.headers['retry-after'] });
          });
        }),
    );
    const whole = list(20_000);
    for (const one of requests) one.write(whole.subarray(0, 150_000));
    const first = await Promise.race(replies);
    expect(first).toEqual({ status: 429, retry: '2' });
    for (const one of requests) one.end(whole.subarray(150_000));
    const statuses = (await Promise.all(replies)).map(({ status }) => status);
    expect([statuses.slice(0, 3).toSorted(), statuses[3]]).toEqual([[200, 200, 429], 200]);
    // What was held is free again.
    expect(await post(measure.path, whole, { authorization: 'a' })).toMatchObject({ status: 200 });
  });

  it('whose sender left are not worked on any more', async () => {
    const asked = openRequest({ ...at(loop.path), headers: { ...json, authorization: 'a' } });
    asked.on('error', () => undefined);
    asked.end(list(20_000));
    await pause(300);
    asked.destroy();
    const started = performance.now();
    expect(await post(measure.path, list(20_000), { authorization: 'a' })).toMatchObject({ status: 200 });
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('that were refused may still be sent to their end, and the connection serves the next', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const [size, half] = [17_000_000, Buffer.alloc(8_500_000, 32)];
    const refused = openRequest({ ...at(small.path), agent, headers: { ...json, 'content-length': size } });
    refused.write(half);
    const [reply] = (await once(refused, 'response')) as [IncomingMessage];
    expect(reply.resume().statusCode).toBe(413);
    await pause(200);
    refused.end(half);
    await once(refused, 'close');
    const next = openRequest({ ...at(measure.path), agent, headers: json });
    next.end(list(10));
    const [answered] = (await once(next, 'response')) as [IncomingMessage];
    expect([answered.statusCode, next.reusedSocket]).toEqual([200, true]);
    agent.destroy();
  });

  it('that never end are cut off soon after they were refused', async () => {
    const socket = connect(port, '127.0.0.1');
    const head = [`POST ${small.path} HTTP/1.1`, 'host: localhost', 'authorization: a', 'transfer-encoding: chunked'];
    socket.write([...head, 'content-type: application/json', '', ''].join('\r\n'));
    let said = '';
    socket.on('data', (data) => (said += String(data))).on('error', () => undefined);
    const chunk = Buffer.concat([Buffer.from('f4240\r\n'), Buffer.alloc(1_000_000, 32), Buffer.from('\r\n')]);
    let sent = 0;
    for (const start = performance.now(); !socket.destroyed && performance.now() - start < 20_000; sent++)
      if (!socket.write(chunk))
        await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined);
    expect(said).toMatch(/^HTTP\/1.1 413 /);
    expect([socket.destroyed, sent < 100]).toEqual([true, true]);
  });

  const at = (path: string) => ({ host: '127.0.0.1', port, path, method: 'POST' });
});
