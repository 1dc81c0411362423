import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#base/index.ts';
import { endpoint } from '../endpoint.ts';
import { forwardedAddresses } from './forwarded.ts';
import { createServer, type Server, route } from './index.ts';

describe('X-Forwarded-For', () => {
  it.each([
    ['203.0.113.9', ['203.0.113.9']],
    [' 203.0.113.9 , 10.0.0.7', ['203.0.113.9', '10.0.0.7']],
    ['2001:db8::1, 10.0.0.7', ['2001:db8::1', '10.0.0.7']],
    ['203.0.113.9:51234', ['203.0.113.9']],
    ['[2001:db8::1]:51234', ['2001:db8::1']],
    ['[2001:db8::1]', ['2001:db8::1']],
    [`fe80::1%${'z'.repeat(300)}`, ['fe80::1']],
    ['made-up, 203.0.113.9', ['203.0.113.9']],
    ['203.0.113.9, made-up', []],
    ['198.51.100.1, made-up, 203.0.113.9', ['203.0.113.9']],
    ['unknown', []],
    ['', []],
    ['203.0.113.9,', []],
    ['999.1.1.1', []],
    ['x'.repeat(300), []],
  ])('%s', (header, addresses) => expect(forwardedAddresses(header)).toEqual(addresses));
});

describe('a server behind a proxy', () => {
  let server: Server;
  const whoAmI = endpoint({
    method: 'GET',
    path: '/api/v1/who',
    summary: 'Who asks',
    needs: 'public',
    reply: z.object({ ip: z.string() }),
  });
  beforeAll(async () => {
    const routes = [route(whoAmI, async ({ request: { ip } }) => ({ ip }))];
    server = await createServer({
      routes,
      authenticate: async () => undefined,
      hostNames: [],
      log: silentLog,
      trustProxy: ['127.0.0.1', '10.0.0.7'],
    });
  });
  afterAll(() => server.close());

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['203.0.113.9, 10.0.0.7', '203.0.113.9'],
    ['203.0.113.9:51234', '203.0.113.9'],
    ['made-up', '127.0.0.1'],
    ['x'.repeat(300), '127.0.0.1'],
    ['made-up, 10.0.0.7', '10.0.0.7'],
  ])('that says %s takes the caller for %s', async (header, ip) => {
    const reply = await server.inject({ method: 'GET', url: '/api/v1/who', headers: { 'x-forwarded-for': header } });
    expect(JSON.parse(reply.body)).toEqual({ ip });
  });
});
