import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServer } from './close-server.ts';

/** Far beyond what a test waits: what ends earlier was ended by the closing. */
const keptAlive = 300_000;

describe('a server that closes', () => {
  const agent = new Agent({ keepAlive: true });
  let app: FastifyInstance;
  let answer = new PassThrough();
  let asked = Promise.withResolvers<void>();

  afterEach(() => agent.destroy());

  async function open(): Promise<number> {
    answer = new PassThrough();
    asked = Promise.withResolvers<void>();
    app = Fastify({
      forceCloseConnections: 'idle',
      keepAliveTimeout: keptAlive,
      http: { headersTimeout: keptAlive, requestTimeout: keptAlive },
    });
    app.get('/', async (_, reply) => {
      asked.resolve();
      return await reply.send(answer);
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    return (app.server.address() as { readonly port: number }).port;
  }

  /** Asks on a connection that stays open after the answer. */
  async function ask(port: number): Promise<IncomingMessage> {
    const asking = request({ host: '127.0.0.1', port, agent });
    asking.end();
    const [reply] = (await once(asking, 'response')) as [IncomingMessage];
    return reply;
  }

  it('ends an answer that is under way, and keeps its connection no longer', async () => {
    const asking = ask(await open());
    answer.write('begun, ');
    const reply = await asking;
    const closed = closeServer(app, { every: 10, most: keptAlive });
    answer.end('ended');
    expect(await textOf(reply)).toBe('begun, ended');
    await closed;
  });

  it('waits neither for a connection without a request nor for an answer that does not come', async () => {
    const port = await open();
    const silent = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    const refused = ask(port).catch((error: { readonly code?: string }) => error.code);
    await asked.promise;
    const began = performance.now();
    await closeServer(app, { every: 10, most: 200 });
    expect(performance.now() - began).toBeGreaterThan(190);
    expect(await refused).toBe('ECONNRESET');
    silent.destroy();
  });
});
