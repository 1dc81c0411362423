import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, readdir } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { AppError, errorCatalogue, type Log, silentLog } from '#base/index.ts';
import { theConsole } from '#access/console/index.ts';
import { route } from '#http/console/index.ts';
import { endpoint } from '#http/index.ts';
import type { DomainSchema } from '#store/index.ts';
import { saveIdentity } from './agent/identity.ts';
import {
  type AgentLink,
  type Identity,
  joinConsole,
  loadIdentity,
  openLink,
  type OpenLinkOptions,
} from './agent/index.ts';
import { type FactHandler, readAgent } from './console/index.ts';
import { revoke } from './console/revoke.ts';
import { introductionOf, startTestLink, type TestLink } from './console/testing.ts';

const seenSchema: DomainSchema<{
  seen: { readonly id: number; readonly host: string; readonly life: number; readonly n: number };
}> = {
  name: 'seen',
  migrations: {
    '1': {
      up: async (db) => {
        await sql`create table seen (id bigint generated always as identity, host text, life integer, n integer)`.execute(
          db,
        );
      },
    },
  },
};
const Count = z.object({ life: z.int(), n: z.int() });
const ask = endpoint({
  method: 'POST',
  path: '/link/v1/question',
  summary: 'Asks who asks',
  needs: 'report',
  body: z.object({ text: z.string() }),
  reply: z.object({ text: z.string() }),
});

const quick = { heartbeat: 200, firstPause: 20, longestPause: 100 };

describe('the link', () => {
  let test: TestLink;
  /** Whether handlers break after they wrote, as when a console is killed. */
  let breaking = false;
  let broken = 0;
  /** What the next batch is refused with. */
  let full: 'busy' | 'store-busy' | undefined;
  const count: FactHandler = async (transaction, { name }, facts) => {
    const refusal = full;
    full = undefined;
    if (refusal !== undefined) throw new AppError(refusal, 'There is no room.');
    const rows = facts.map(({ body }) => ({ host: name, ...Count.parse(body) }));
    await transaction
      .query(seenSchema)
      .insertInto('seen')
      .values(rows as never)
      .execute();
    if (breaking && Math.random() < 0.3 && ++broken > 0) throw new Error('The console was killed.');
  };

  beforeAll(async () => {
    test = await startTestLink({
      handlers: { count },
      schemas: [seenSchema],
      routes: [route(ask, async ({ body, principal }) => ({ text: `${body.text} ${principal?.name}` }))],
    });
  });
  afterAll(() => test.close());

  const joined = async (host: string): Promise<{ readonly identity: Identity; readonly stateFolder: string }> => {
    const stateFolder = await test.newFolder();
    const introduction = introductionOf(host);
    const identity = await joinConsole({ consoleUrl: test.url, token: await test.token(), stateFolder, introduction });
    return { identity, stateFolder };
  };
  const opened = async (
    host: string,
    options: Pick<OpenLinkOptions, 'identity' | 'stateFolder'> & Partial<OpenLinkOptions>,
  ) => {
    const link = await openLink({ introduction: introductionOf(host), log: silentLog, pace: quick, ...options });
    onTestFinished(() => link.close().catch(() => undefined));
    return link;
  };
  const seen = async (host: string) =>
    test.store
      .query(seenSchema)
      .selectFrom('seen')
      .select(['life', 'n'])
      .where('host', '=', host)
      .orderBy('id')
      .execute();
  const sendSome = async (link: AgentLink, life: number, numbers: readonly number[]): Promise<void> => {
    for (const n of numbers) await link.send('count', { life, n });
  };

  /** The console stored something more, or did not within two seconds. */
  const progress = async (host: string): Promise<void> => {
    const before = (await seen(host)).length;
    for (let tries = 0; tries < 100 && (await seen(host)).length === before; tries++) await pause(20);
  };

  it('brings a fact to the console at once, and calls what else it serves', async () => {
    const link = await opened('pier-1', await joined('pier-1'));
    await sendSome(link, 1, [1]);
    await link.flushed();
    await sendSome(link, 1, [2, 3]);
    await link.flushed();
    expect(await seen('pier-1')).toEqual([1, 2, 3].map((n) => ({ life: 1, n })));
    expect(await link.call(ask, { body: { text: 'I am' } })).toEqual({ text: 'I am pier-1' });
    expect(link.state()).toMatchObject({ contact: { kind: 'connected' }, waiting: 0, lost: 0 });
  });

  it.each(['busy', 'store-busy'] as const)('waits as long as a console asks that has no room (%s)', async (code) => {
    const host = `pier-${code}`;
    const link = await opened(host, await joined(host));
    await link.flushed();
    full = code;
    const epochs: number[] = [];
    link.onEpoch(async () => void epochs.push(1));
    const before = epochs.length;
    const started = performance.now();
    await sendSome(link, 1, [1, 2, 3]);
    await link.flushed();
    // The usual pause of this test is 100 ms at most.
    expect(performance.now() - started).toBeGreaterThan(errorCatalogue[code].retryAfter * 1000 - 50);
    expect(await seen(host)).toEqual([1, 2, 3].map((n) => ({ life: 1, n })));
    expect([epochs.length, link.state().lost]).toEqual([before, 0]);
  });

  it('gives up a fact that the console never takes, shows it, and goes on behind it', async () => {
    const host = 'pier-costly';
    const link = await opened(host, await joined(host));
    await sendSome(link, 1, [1, 2]);
    await link.send('count', { life: 1, n: 3, wide: Array.from({ length: 4_000_001 }, () => 0) });
    await sendSome(link, 1, [4]);
    await link.send('count', { life: 1, n: 5, wide: Array.from({ length: 4_000_001 }, () => 0) });
    await sendSome(link, 1, [6, 7]);
    await link.flushed();
    expect(await seen(host)).toEqual([1, 2, 4, 6, 7].map((n) => ({ life: 1, n })));
    const agent = await readAgent(test.store, host);
    expect(agent?.refused).toMatchObject({ facts: 2 });
    expect(agent?.refused?.reason).toMatch(/^The agent gave up a fact "count", which was refused each time: /);
    expect(link.state()).toMatchObject({ waiting: 0, lost: 0 });
  }, 60_000);

  it('asks for the whole state when facts were given up, and tells how many', async () => {
    const host = 'pier-2';
    const { identity, stateFolder } = await joined(host);
    const gone = { ...identity, linkUrl: 'https://127.0.0.1:9' };
    const link = await opened(host, { identity: gone, stateFolder, spoolBytes: 100_000 });
    let asked = 0;
    link.onEpoch(async () => void asked++);
    expect(asked).toBe(1);
    for (let n = 1; n <= 60; n++) await link.send('count', { life: 1, n, fill: 'x'.repeat(3900) });
    expect(asked).toBeGreaterThan(1);
    const { lost } = link.state();
    expect(link.state().contact).toMatchObject({ kind: 'away' });
    await link.close();
    const back = await opened(host, { identity, stateFolder });
    await back.flushed();
    expect((await seen(host)).map(({ n }) => n)).toEqual(
      Array.from({ length: 60 - lost }, (_, index) => lost + 1 + index),
    );
    expect(await readAgent(test.store, host)).toMatchObject({ lost });
  });

  it('begins anew when the agent was restored from a backup', async () => {
    const host = 'pier-3';
    const place = await joined(host);
    const link = await opened(host, place);
    for (let round = 0; round < 3; round++) {
      const fill = randomBytes(3000).toString('hex');
      await Promise.all(Array.from({ length: 40 }, (_, n) => link.send('count', { life: round, n, fill })));
      await link.flushed();
    }
    await link.close();
    await sql`update link.agent set sequence = sequence + 50 where name = ${host}`.execute(
      test.store.query(seenSchema),
    );
    const again = await opened(host, place);
    let asked = 0;
    again.onEpoch(async () => void asked++);
    await expect.poll(() => asked, { timeout: 10_000 }).toBe(1);
    await sendSome(again, 10, [1, 2]);
    await again.flushed();
    expect((await seen(host)).slice(-2)).toEqual([1, 2].map((n) => ({ life: 10, n })));
  });

  it('renews its certificate by itself, and goes on with the new one', async () => {
    const host = 'pier-4';
    const { identity, stateFolder } = await joined(host);
    const link = await opened(host, { identity: { ...identity, renewAfter: new Date(0).toISOString() }, stateFolder });
    await expect.poll(async () => (await loadIdentity(stateFolder))?.certificate).not.toBe(identity.certificate);
    await sendSome(link, 1, [1]);
    await link.flushed();
    const stored = await loadIdentity(stateFolder);
    expect(stored?.key).not.toBe(identity.key);
    expect(Date.parse(stored?.renewAfter ?? '')).toBeGreaterThan(Date.now() + 19 * 24 * 60 * 60_000);
    await link.close();
    const again = await opened(host, { identity: stored ?? identity, stateFolder });
    await sendSome(again, 1, [2]);
    await again.flushed();
    expect(await seen(host)).toHaveLength(2);
  });

  it('says that it is revoked, sends nothing more, and keeps its spool', async () => {
    const host = 'pier-5';
    const lines: string[] = [];
    const log: Log = { ...silentLog, error: (_, message) => void lines.push(message) };
    const place = await joined(host);
    const link = await opened(host, { ...place, log });
    await sendSome(link, 1, [1]);
    await link.flushed();
    await revoke(test, place.identity.agent, theConsole);
    await expect.poll(() => link.state().contact.kind).toBe('revoked');
    await expect(link.call(ask, { body: { text: 'I am' } })).rejects.toMatchObject({ code: 'agent-revoked' });
    await sendSome(link, 1, [2, 3]);
    expect(lines).toEqual(['This agent is revoked and sends nothing any more.']);
    expect(link.state()).toMatchObject({ waiting: 2, contact: { reason: `The agent of ${host} was revoked.` } });
    expect(await seen(host)).toHaveLength(1);
  });

  it('loses and doubles no fact when agent, console and network end at random', async () => {
    const host = 'pier-6';
    const { identity, stateFolder } = await joined(host);
    const network = await unreliable(test.url);
    onTestFinished(() => network.close());
    await saveIdentity(stateFolder, { ...identity, linkUrl: network.url });
    breaking = true;
    const promised: number[] = [];
    for (let life = 0; life < 8; life++) {
      const agent = await startAgent([stateFolder, host, String(life)]);
      for (let cut = 0; cut < 3; cut++) {
        await progress(host);
        await pause(Math.random() * 50);
        network.cut();
      }
      promised.push(await agent.kill());
      if (life % 3 === 0) await tear(join(stateFolder, 'spool'));
    }
    breaking = false;
    const link = await opened(host, { identity, stateFolder });
    await link.flushed();
    const facts = await seen(host);
    const lives = promised.map((_, life) => facts.filter((one) => one.life === life).map(({ n }) => n));
    expect(facts.map(({ life }) => life)).toEqual(facts.map(({ life }) => life).toSorted((a, b) => a - b));
    for (const [life, numbers] of lives.entries()) {
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
      expect(numbers.length).toBeGreaterThanOrEqual(promised[life] ?? 0);
    }
    expect(link.state().lost).toBe(0);
    // Otherwise nothing was tried.
    expect(promised.filter((count) => count > 0).length).toBeGreaterThan(4);
    expect(broken).toBeGreaterThan(0);
    expect(network.cuts()).toBeGreaterThan(5);
  });
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface RunningAgent {
  /** Ends it without a chance to tidy up. Gives how many facts it had promised to keep, in a row from the first. */
  kill(): Promise<number>;
}

async function startAgent(args: readonly string[]): Promise<RunningAgent> {
  const file = join(import.meta.dirname, 'agent/fixtures/agent.ts');
  const child: ChildProcess = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const ended = new Promise((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (data) => {
      output += String(data);
      if (output.includes('ready')) resolve();
    });
    child.once('close', () => reject(new Error('The agent ended.')));
  });
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
      const numbers = new Set(output.split('\n').slice(1, -1).map(Number));
      let promised = 0;
      while (numbers.has(promised + 1)) promised++;
      return promised;
    },
  };
}

/** As a write that a power failure cut off leaves it. */
async function tear(spool: string): Promise<void> {
  const last = (await readdir(spool)).toSorted().at(-1);
  if (last !== undefined) await appendFile(join(spool, last), Buffer.from([40, 0, 0, 0, 1, 2, 3, 4, 5]));
}

interface Network {
  readonly url: string;
  /** Ends all connections, in the middle of whatever they carry. */
  cut(): void;
  cuts(): number;
  close(): void;
}

async function unreliable(target: string): Promise<Network> {
  const sockets = new Set<Socket>();
  let cuts = 0;
  const server: Server = createServer((socket) => {
    const onward = connect(Number(new URL(target).port), '127.0.0.1');
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        for (const other of [socket, onward]) other.destroy();
      });
    }
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    cuts += sockets.size > 0 ? 1 : 0;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    cuts: () => cuts,
    close: () => {
      cut();
      server.close();
    },
  };
}
