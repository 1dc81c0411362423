import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { request as openRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError, type Log, silentLog } from '#base/index.ts';
import { call } from '../call.ts';
import { endpoint } from '../endpoint.ts';
import { createServer, type Principal, route, type Server, stream } from './index.ts';

const addBoat = endpoint({
  method: 'POST',
  path: '/api/v1/harbours/:harbour/boats',
  summary: 'Add a boat',
  needs: 'publish',
  params: z.object({ harbour: z.string() }),
  query: z.object({ times: z.coerce.number().int().default(1) }),
  body: z.object({ name: z.string().max(300_000), flags: z.record(z.string(), z.string()).optional() }),
  limits: { bytes: 400_000, tokens: 1000, depth: 8 },
  reply: z.object({ id: z.string(), times: z.int(), length: z.int() }),
});
const getSecret = endpoint({
  method: 'GET',
  path: '/api/v1/secret',
  summary: 'Answers what its schema forbids',
  needs: 'public',
  reply: z.object({ id: z.int() }),
});
const greet = endpoint({
  method: 'POST',
  path: '/api/v1/greeting',
  summary: 'Greets',
  needs: 'public',
  body: z.object({ name: z.string() }),
  reply: z.object({ text: z.string() }),
});
const order = endpoint({
  method: 'POST',
  path: '/api/v1/orders',
  summary: 'Takes an order',
  needs: 'public',
  status: 202,
  reply: z.object({}),
});
const refuse = endpoint({ ...order, path: '/api/v1/refusals' });

const user: Principal = { kind: 'user', id: 'u1', name: 'ann', permissions: ['read', 'publish', 'administer'] };
const token: Principal = { kind: 'token', id: 't1', name: 'ci', permissions: ['publish'] };
const reader: Principal = { kind: 'token', id: 't2', name: 'dashboard', permissions: ['read'] };
const sessions = new Map([['session-of-ann', user]]);
const tokens = new Map([
  ['Bearer ci', token],
  ['Bearer reader', reader],
]);

const lines: string[] = [];
const note = (context: object, message: string): void => void lines.push(JSON.stringify({ ...context, message }));
const log: Log = { debug: note, info: note, warn: note, error: note };

const bearer = { authorization: 'Bearer ci', 'content-type': 'application/json' };
const ofPage = { cookie: 'seawall_session=session-of-ann', 'content-type': 'application/json' };
const boats = '/api/v1/harbours/a%2Fb/boats';

describe('the server', () => {
  let server: Server;
  let folder: string;
  let closed = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seawall-pages-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<title>Seawall</title>');
    await writeFile(join(folder, 'assets/app-1a2b3c.js'), 'export {};');
    server = await createServer({
      routes: [
        route(addBoat, async ({ params, query, body }) => ({
          id: params.harbour,
          times: query.times,
          length: body.name.length,
        })),
        route(getSecret, async () => ({ id: 'top-secret' }) as unknown as { id: number }),
        route(order, async () => ({})),
        route(refuse, async () => {
          throw new AppError('quota-reached', 'Enough for today.', { retryAfter: 77 });
        }),
        route(greet, async ({ body }) => ({ text: `Hello ${body.name}` }), { rateLimit: { requests: 3, seconds: 60 } }),
      ],
      streams: [
        stream('/api/v1/events', 'read', async ({ send, signal, lastEventId }) => {
          signal.addEventListener('abort', () => closed++);
          send({ id: '8', event: 'tide', data: { after: lastEventId ?? 'none' } });
        }),
      ],
      authenticate: async ({ authorization, cookies }) =>
        tokens.get(authorization ?? '') ?? sessions.get(cookies['seawall_session'] ?? ''),
      hostNames: ['console.example'],
      webFolder: folder,
      heartbeat: 30,
      log,
    });
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const post = (headers: Record<string, string>, payload: string | object | Buffer) =>
    server.inject({ method: 'POST', url: boats, headers, payload });
  const codeOf = (reply: { readonly body: string }): unknown => JSON.parse(reply.body).error?.code;

  it('hands the checked input to the handler', async () => {
    const reply = await server.inject({
      method: 'POST',
      url: `${boats}?times=3`,
      headers: bearer,
      payload: { name: 'Gull' },
    });
    expect([reply.statusCode, JSON.parse(reply.body)]).toEqual([200, { id: 'a/b', times: 3, length: 4 }]);
  });

  it('says when to ask again, as the refusal does', async () => {
    const { statusCode, headers } = await server.inject({ method: 'POST', url: refuse.path });
    expect([statusCode, headers['retry-after']]).toEqual([429, '77']);
  });

  it('says of what is done later that it was only taken', async () => {
    expect((await server.inject({ method: 'POST', url: order.path })).statusCode).toBe(202);
  });

  it.each([
    ['no credentials', { 'content-type': 'application/json' }, '{}', 401, 'not-signed-in'],
    ['too little permission', { ...bearer, authorization: 'Bearer reader' }, '{}', 403, 'not-allowed'],
    ['bad JSON', bearer, '{"name": ', 400, 'bad-json'],
    ['bytes that are not UTF-8', bearer, Buffer.from([0x22, 0xff, 0x22]), 400, 'bad-json'],
    ['a wrong field', bearer, '{"name": 7}', 400, 'bad-request'],
    ['no body', bearer, '', 400, 'bad-json'],
    ['another content type', { ...bearer, 'content-type': 'text/plain' }, 'name', 415, 'unsupported-media'],
    ['another encoding', { ...bearer, 'content-encoding': 'br' }, '{}', 415, 'unsupported-media'],
    ['what is not gzip', { ...bearer, 'content-encoding': 'gzip' }, '{"name":"x"}', 400, 'bad-json'],
    ['a large body', bearer, JSON.stringify({ name: 'x'.repeat(400_000) }), 413, 'too-large'],
    [
      'a gzip bomb',
      { ...bearer, 'content-encoding': 'gzip' },
      gzipSync(Buffer.alloc(50_000_000, 32)),
      413,
      'too-large',
    ],
    ['a foreign host', { ...bearer, host: 'evil.example' }, '{"name":"x"}', 421, 'bad-host'],
    ['a loopback name as prefix', { ...bearer, host: 'localhost.evil.example' }, '{"name":"x"}', 421, 'bad-host'],
    ['a session of a foreign page', { ...ofPage, 'sec-fetch-site': 'cross-site' }, '{"name":"x"}', 403, 'bad-origin'],
    ['a session of a sibling site', { ...ofPage, 'sec-fetch-site': 'same-site' }, '{"name":"x"}', 403, 'bad-origin'],
    [
      'a session with a foreign origin',
      { ...ofPage, origin: 'http://evil.example' },
      '{"name":"x"}',
      403,
      'bad-origin',
    ],
    ['a session with an opaque origin', { ...ofPage, origin: 'null' }, '{"name":"x"}', 403, 'bad-origin'],
    ['a session of unknown origin', ofPage, '{"name":"x"}', 403, 'bad-origin'],
  ])('refuses %s', async (...refusal) => {
    const [, headers, payload, status, code] = refusal;
    const reply = await post({ host: '127.0.0.1:8083', ...headers }, payload);
    expect([reply.statusCode, codeOf(reply)]).toEqual([status, code]);
    expect(Object.keys(JSON.parse(reply.body).error)).toEqual(['code', 'message', 'next', 'requestId']);
  });

  it('serves sessions of its own pages and the host names it was given', async () => {
    const host = 'console.example:8083';
    const reply = await post({ ...ofPage, host, origin: `http://${host}` }, { name: 'Gull' });
    const other = await post({ ...ofPage, host, 'sec-fetch-site': 'same-origin' }, { name: 'Gull' });
    expect([reply.statusCode, other.statusCode]).toEqual([200, 200]);
  });

  it('names the field that is wrong and not its value', async () => {
    const reply = await post(bearer, { name: ['hunter2'] });
    expect(reply.body).toContain('body.name');
    expect(reply.body).not.toContain('hunter2');
  });

  it('unpacks gzip, and takes no prototype from a body', async () => {
    const text =
      '{"name":"Gull","flags":{"a":"b"},"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":1}}}';
    const reply = await post({ ...bearer, 'content-encoding': 'gzip' }, gzipSync(text));
    expect([reply.statusCode, Object.hasOwn(Object.prototype, 'polluted')]).toEqual([200, false]);
  });

  it('calls a reply that breaks its schema its own fault, and shows nothing of it', async () => {
    const reply = await server.inject({ method: 'GET', url: '/api/v1/secret' });
    expect([reply.statusCode, codeOf(reply), reply.body.includes('top-secret')]).toEqual([500, 'internal', false]);
    expect(
      lines.some((line) => line.includes(JSON.parse(reply.body).error.requestId) && line.includes('ZodError')),
    ).toBe(true);
  });

  it('limits how often an address may ask', async () => {
    const replies = [];
    for (let n = 0; n < 4; n++) {
      replies.push(await server.inject({ method: 'POST', url: greet.path, payload: { name: 'Ann' } }));
    }
    const last = replies.at(-1);
    expect(replies.map((reply) => reply.statusCode)).toEqual([200, 200, 200, 429]);
    expect([codeOf(last ?? { body: '{}' }), Number(last?.headers['retry-after']) > 0]).toEqual([
      'too-many-requests',
      true,
    ]);
  });

  it('serves the pages, the application for its own addresses, and nothing above the folder', async () => {
    const get = (url: string) => server.inject({ method: 'GET', url });
    const [page, deep, asset, missing, api, above] = await Promise.all(
      [
        '/',
        '/images/host:web.example',
        '/assets/app-1a2b3c.js',
        '/assets/gone.js',
        '/api/v1/none',
        '/..%2f..%2fetc%2fpasswd',
      ].map(get),
    );
    expect([page?.body, page?.headers['cache-control']]).toEqual(['<title>Seawall</title>', 'no-cache']);
    expect([deep?.statusCode, deep?.body]).toEqual([200, '<title>Seawall</title>']);
    expect(asset?.headers['cache-control']).toContain('immutable');
    expect([missing?.statusCode, api?.statusCode, codeOf(api ?? { body: '{}' })]).toEqual([404, 404, 'not-found']);
    expect(above?.body).not.toContain('root:');
    expect(page?.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page?.headers['x-content-type-options']).toBe('nosniff');
  });

  it('serves pages that are built after it began, and says not-found before', async () => {
    const later = join(folder, 'later');
    const authenticate = async () => undefined;
    const early = await createServer({ routes: [], authenticate, hostNames: [], webFolder: later, log });
    const get = (url: string) => early.inject({ method: 'GET', url });
    const addresses = ['/', '/hosts'];
    for (const url of addresses) expect(codeOf(await get(url))).toBe('not-found');
    await mkdir(later);
    await writeFile(join(later, 'index.html'), '<title>Later</title>');
    for (const url of addresses) expect((await get(url)).body).toBe('<title>Later</title>');
    await early.close();
  });

  it('answers a broken address and a foreign host on pages with a code', async () => {
    const broken = await server.inject({ method: 'GET', url: '/api/v1/%E0%A4%A' });
    const foreign = await server.inject({ method: 'GET', url: '/', headers: { host: 'evil.example' } });
    expect([broken.statusCode, codeOf(broken)]).toEqual([400, 'bad-request']);
    expect([foreign.statusCode, codeOf(foreign)]).toEqual([421, 'bad-host']);
  });

  it('keeps tokens, cookies, queries and bodies out of the log', async () => {
    await server.inject({
      method: 'POST',
      url: `${boats}?times=31337`,
      headers: { ...bearer, ...ofPage },
      payload: { name: 'Petrel' },
    });
    const text = lines.join('\n');
    expect(text).toContain('/api/v1/harbours');
    for (const secret of ['Bearer', 'session-of-ann', '31337', 'Petrel']) expect(text).not.toContain(secret);
  });

  describe('on a port', () => {
    let origin: string;
    let port: number;
    beforeAll(async () => {
      ({ origin, port } = await server.listen({ host: '127.0.0.1', port: 0 }));
    });

    it('is called by the client, small and large', async () => {
      const name = randomBytes(100_000).toString('hex');
      const to = { baseUrl: origin, token: 'ci' };
      const small = await call(addBoat, { params: { harbour: 'a/b?#' }, query: {}, body: { name: 'Gull' } }, to);
      const large = await call(addBoat, { params: { harbour: 'x' }, query: { times: 2 }, body: { name } }, to);
      expect([small, large]).toEqual([
        { id: 'a/b?#', times: 1, length: 4 },
        { id: 'x', times: 2, length: 200_000 },
      ]);
    });

    it('tells the client what went wrong, by code', async () => {
      const input = { params: { harbour: 'x' }, query: {}, body: { name: 'Gull' } };
      await expect(call(addBoat, input, { baseUrl: origin })).rejects.toMatchObject({ code: 'not-signed-in' });
      await expect(call(addBoat, input, { baseUrl: 'http://127.0.0.1:1' })).rejects.toMatchObject({
        code: 'console-unreachable',
      });
      const aborted = call(addBoat, input, {
        baseUrl: origin,
        token: 'ci',
        signal: AbortSignal.abort(new Error('left')),
      });
      await expect(aborted).rejects.toThrow('left');
    });

    it.each([
      ['a large body', {}, () => Buffer.alloc(20_000_000, 32)],
      ['a gzip bomb', { 'content-encoding': 'gzip' }, () => gzipSync(Buffer.alloc(500_000_000, 32))],
      ['a large body without a length', {}, () => new Blob([new Uint8Array(20_000_000).fill(32)]).stream()],
    ] as const)('tells the sender of %s why it is refused, and takes the next request', async (_, headers, make) => {
      for (let n = 0; n < 3; n++) {
        const reply = await fetch(`${origin}${boats}`, {
          method: 'POST',
          headers: { ...bearer, ...headers },
          body: make(),
          duplex: 'half',
        } as RequestInit);
        expect([reply.status, ((await reply.json()) as { error: { code: string } }).error.code]).toEqual([
          413,
          'too-large',
        ]);
      }
    });

    it('says that a port is taken', async () => {
      const second = await createServer({
        routes: [],
        authenticate: async () => undefined,
        hostNames: [],
        log: silentLog,
      });
      await expect(second.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'port-in-use' });
      await second.close();
    });

    it('refuses a foreign Host header on the wire', async () => {
      const text = await new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () =>
          socket.write('GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'),
        );
        let received = '';
        socket.on('data', (chunk) => (received += String(chunk)));
        socket.on('end', () => resolve(received));
        socket.on('error', reject);
      });
      expect(text).toMatch(/^HTTP\/1\.1 421 /);
    });

    const listenAs = (cookie: string, seen: string[]) =>
      new Promise<{ readonly ended: Promise<void>; readonly leave: () => void }>((resolve, reject) => {
        const headers = { cookie: `seawall_session=${cookie}`, 'last-event-id': '7' };
        const asked = openRequest(`${origin}/api/v1/events`, { headers }, (response) => {
          response.on('data', (chunk) => seen.push(String(chunk)));
          response.on('error', () => undefined);
          const ended = new Promise<void>((done) => response.on('close', done));
          resolve({ ended, leave: () => asked.destroy() });
        });
        asked.on('error', reject).end();
      });
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
    };

    it('streams events with heartbeats, and notices when a page leaves', async () => {
      const seen: string[] = [];
      const page = await listenAs('session-of-ann', seen);
      await until(() => seen.join('').includes('still here'));
      expect(seen.join('')).toContain('id: 8\nevent: tide\ndata: {"after":"7"}\n\n');
      const before = closed;
      page.leave();
      await until(() => closed === before + 1);
    });

    it('ends a stream when its session ends, and when the server closes', async () => {
      sessions.set('short', user);
      const page = await listenAs('short', []);
      sessions.delete('short');
      await page.ended;
      const last = await listenAs('session-of-ann', []);
      await Promise.all([server.close(), last.ended]);
    });
  });
});
