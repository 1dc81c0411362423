import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#base/index.ts';
import { endpoint } from '../endpoint.ts';
import { createServer, route, type Server, stream } from './index.ts';

const reply = z.object({ text: z.string() });
const base = { summary: 'Texts', needs: 'public', reply } as const;
const readLong = endpoint({ ...base, method: 'GET', path: '/api/v1/long' });
const readShort = endpoint({ ...base, method: 'GET', path: '/api/v1/short' });
const makeSecret = endpoint({ ...base, method: 'POST', path: '/api/v1/secret' });
const long = 'CVE-2026-24515 in expat; '.repeat(2000);
const script = `export const text = ${JSON.stringify(long)};`;

/** By `Accept-Encoding`: what came, and how. */
describe('answers are compressed', () => {
  let server: Server;
  let folder: string;
  let origin: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seawall-compress-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<title>Seawall</title>');
    await writeFile(join(folder, 'assets/app-1.js'), script);
    await writeFile(join(folder, 'assets/app-1.js.br'), brotliCompressSync(script));
    await writeFile(join(folder, 'assets/app-1.js.gz'), gzipSync(script));
    server = await createServer({
      routes: [
        route(readLong, async () => ({ text: long })),
        route(readShort, async () => ({ text: 'short' })),
        route(makeSecret, async () => ({ text: long })),
      ],
      streams: [
        stream('/api/v1/events', 'public', async ({ send, signal }) => {
          send({ event: 'a', data: {} });
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        }),
      ],
      authenticate: async () => undefined,
      hostNames: [],
      log: silentLog,
      webFolder: folder,
    });
    ({ origin } = await server.listen({ host: '127.0.0.1', port: 0 }));
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const ask = async (path: string, accept: string | undefined, method: 'GET' | 'POST' = 'GET') => {
    const { headers, body } = (await server.inject({
      method,
      url: path,
      headers: accept === undefined ? {} : { 'accept-encoding': accept },
    })) as { headers: Record<string, string>; body: string };
    return { encoding: headers['content-encoding'], vary: headers['vary'], length: body.length };
  };

  test.each([
    ['/api/v1/long', 'br, gzip', 'br'],
    ['/api/v1/long', 'gzip', 'gzip'],
    ['/api/v1/long', undefined, undefined],
    ['/api/v1/long', 'identity', undefined],
    ['/api/v1/short', 'br, gzip', undefined],
    ['/assets/app-1.js', 'br, gzip', 'br'],
    ['/assets/app-1.js', 'gzip', 'gzip'],
    ['/assets/app-1.js', undefined, undefined],
  ])('%s for %s is %s', async (path, accept, encoding) => {
    const answer = await ask(path, accept);
    expect(answer.encoding).toBe(encoding);
    if (encoding !== undefined) expect(answer.vary).toContain('accept-encoding');
  });

  test('what comes is what was sent, a tenth as long', async () => {
    for (const [accept, unpack] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const bytes = await new Promise<Buffer>((resolve, fail) => {
        request(`${origin}/api/v1/long`, { headers: { 'accept-encoding': accept } }, (response) => {
          Readable.from(response)
            .toArray()
            .then((parts) => resolve(Buffer.concat(parts as Buffer[])), fail);
        })
          .on('error', fail)
          .end();
      });
      expect(JSON.parse(unpack(bytes).toString())).toEqual({ text: long });
      expect(bytes.length).toBeLessThan(long.length / 10);
    }
  });

  test('an answer that may carry a secret is not: its length would tell of it', async () => {
    expect((await ask('/api/v1/secret', 'br, gzip', 'POST')).encoding).toBeUndefined();
  });

  test('a stream comes at once, as it is', async () => {
    const stopping = new AbortController();
    const response = await fetch(`${origin}/api/v1/events`, {
      signal: stopping.signal,
      headers: { 'accept-encoding': 'br, gzip' },
    });
    expect(response.headers.get('content-encoding')).toBeNull();
    const { value } = (await response.body?.getReader().read()) ?? {};
    expect(new TextDecoder().decode(value)).toContain(':');
    stopping.abort();
  });
});
