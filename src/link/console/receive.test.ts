import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { theConsole } from '#access/console/index.ts';
import type { CallInput } from '#http/index.ts';
import { type Channel, openChannel } from '../agent/channel.ts';
import { type Identity, joinConsole } from '../agent/index.ts';
import { makeRequest, newKeyPair, privateKeyText } from '../certificates.ts';
import { Agent, deepestFact, deliver, type Introduction, renew, supersededKind } from '../contract.ts';
import { certificatesIn } from '../join-secret.ts';
import { readAgent, readAgents } from './agents.ts';
import { readAuthorities } from './authorities.ts';
import { claim, connected, count, reporters, seenSchema, slow } from './receive.testing.ts';
import { revoke } from './revoke.ts';
import { linkSchema } from './schema.ts';
import { introductionOf, startTestLink, type TestLink } from './testing.ts';

describe('receiving', () => {
  let test: TestLink;
  let identity: Identity;
  let channel: Channel;
  let host: string;
  let introduction: Introduction;
  let epoch: string;
  let hosts = 0;

  beforeAll(async () => {
    test = await startTestLink({
      handlers: { count, slow, claim, crash: () => Promise.reject(new Error('a bug')) },
      schemas: [seenSchema],
    });
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    host = `pier-${++hosts}`;
    introduction = introductionOf(host);
    epoch = randomUUID();
    identity = await joinConsole({
      consoleUrl: test.url,
      token: await test.token(),
      stateFolder: await test.newFolder(),
      introduction,
    });
    channel = openChannel(identity);
    return () => channel.close();
  });

  type Body = CallInput<typeof deliver>['body'];
  const now = (): string => test.clock().toISOString();
  const facts = (from: number, to: number): Body['facts'] =>
    Array.from({ length: to - from + 1 }, (_, index) => ({ kind: 'count', at: now(), body: { n: from + index } }));
  const send = (sequence: number, list: Body['facts'], more: Partial<Body> = {}) =>
    channel.call(deliver, { body: { introduction, epoch, sequence, sentAt: now(), lost: 0, facts: list, ...more } });
  const seen = async (): Promise<readonly number[]> => {
    const rows = await test.store
      .query(seenSchema)
      .selectFrom('seen')
      .select('n')
      .where('host', '=', host)
      .orderBy('id')
      .execute();
    return rows.map(({ n }) => n);
  };

  it('stores each fact once, whatever is sent again', async () => {
    expect((await send(1, facts(1, 3))).stored).toBe(3);
    expect((await send(1, facts(1, 3))).stored).toBe(3);
    expect((await send(2, facts(2, 5))).stored).toBe(5);
    expect((await send(1, facts(1, 2))).stored).toBe(5);
    expect((await send(6, [])).stored).toBe(5);
    expect(await seen()).toEqual([1, 2, 3, 4, 5]);
  });

  it('stores each fact once when the same batch comes several times at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => send(1, [...facts(1, 20), { kind: 'slow', at: now(), body: { n: 21 } }])),
    );
    expect(new Set(replies.map(({ stored }) => stored))).toEqual(new Set([21]));
    expect(await seen()).toHaveLength(21);
  });

  it('refuses a fact that is nested too deep, and takes the others of its batch', async () => {
    const deep = (levels: number): Body['facts'][number]['body'] =>
      JSON.parse(`${'['.repeat(levels)}0${']'.repeat(levels)}`);
    for (const levels of [deepestFact, 3_000]) {
      epoch = randomUUID();
      const reply = await send(1, [
        ...facts(1, 1),
        { kind: 'count', at: now(), body: { n: deep(levels) } },
        ...facts(3, 3),
      ]);
      expect(reply).toMatchObject({
        stored: 3,
        refused: [{ sequence: 2, reason: `It is nested deeper than ${deepestFact}.` }],
      });
    }
    expect(await seen()).toEqual([1, 3, 1, 3]);
    epoch = randomUUID();
    const fits = await send(1, [{ kind: 'count', at: now(), body: { n: deep(deepestFact - 1) } }]);
    expect(fits.refused[0]?.reason).not.toContain('nested');
    const without = await send(2, [{ kind: 'count', at: now(), body: undefined as never }]);
    expect(without).toMatchObject({ stored: 2, refused: [{ sequence: 2 }] });
  });

  it('keeps the list of agents readable, whatever gaps an agent says', async () => {
    const end = Number.MAX_SAFE_INTEGER - 1;
    for (let round = 0; round < 3; round++) {
      epoch = randomUUID();
      expect((await send(end, [], { missing: { first: 1, last: end - 1 } })).stored).toBe(end - 1);
    }
    const agent = (await readAgents(test.store)).find(({ name }) => name === host);
    expect(Agent.safeParse(agent).error?.issues).toBeUndefined();
    expect(agent?.gap?.facts).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('takes nothing after a gap, and says from where', async () => {
    await send(1, facts(1, 2));
    expect((await send(5, facts(5, 6))).stored).toBe(2);
    expect((await send(3, facts(3, 6))).stored).toBe(6);
    expect(await seen()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('begins an epoch at its first fact only, and refuses one that ended', async () => {
    await send(1, facts(1, 2));
    const old = epoch;
    epoch = randomUUID();
    expect((await send(7, facts(7, 8))).stored).toBe(0);
    expect(await seen()).toEqual([1, 2]);
    expect((await send(1, [], { lost: 4 })).stored).toBe(0);
    expect((await send(1, facts(10, 11), { lost: 4 })).stored).toBe(2);
    await expect(send(1, facts(1, 2), { epoch: old })).rejects.toMatchObject({ code: 'epoch-ended' });
    expect(await seen()).toEqual([1, 2, 10, 11]);
    expect(await readAgent(test.store, host)).toMatchObject({ lost: 4 });
  });

  it('keeps a fact of the wrong form aside, alone', async () => {
    const list = facts(1, 6);
    list[1] = { kind: 'count', at: now(), body: { n: 'two\u0007' } };
    list[3] = { kind: 'tide', at: now(), body: null };
    list[4] = { kind: 'count', at: now(), body: { n: 5, text: 'a\u0000b' } };
    const { stored, refused } = await send(1, list);
    expect(stored).toBe(6);
    expect(refused.map(({ sequence }) => sequence)).toEqual([2, 4, 5]);
    expect(await seen()).toEqual([1, 3, 6]);
    const kept = await test.store
      .query(linkSchema)
      .selectFrom('refused_fact')
      .select(['sequence', 'kind', 'reason'])
      .where('agent', '=', identity.agent)
      .orderBy('id')
      .execute();
    expect(kept).toEqual([
      { sequence: 2, kind: 'count', reason: 'n: is no number' },
      { sequence: 4, kind: 'tide', reason: 'This console knows no facts "tide".' },
      { sequence: 5, kind: 'count', reason: 'The store cannot hold it (22021).' },
    ]);
    expect(await readAgent(test.store, host)).toMatchObject({
      refused: { facts: 3, reason: 'The store cannot hold it (22021).' },
    });
  });

  it('numbers what it refuses of a batch of which it has a part already', async () => {
    await send(1, facts(1, 3));
    const list = [...facts(2, 4), { kind: 'tide', at: now(), body: null }, ...facts(6, 6)];
    const { stored, refused } = await send(2, list);
    expect([stored, refused.map(({ sequence }) => sequence)]).toEqual([6, [5]]);
    expect((await send(2, list)).refused).toEqual([]);
    expect((await send(7, facts(7, 7))).stored).toBe(7);
    expect(await seen()).toEqual([1, 2, 3, 4, 6, 7]);
  });

  it('moves an agent among the environments of its join token alone, whatever it says later', async () => {
    const announced = async () => {
      const { rows } = await sql<{ reason: string }>`
        delete from store.unclaimed_fact where fact = 'claim-refused' and payload->>'host' = ${host}
        returning payload->>'reason' as reason`.execute(test.store.query(linkSchema));
      return rows.map(({ reason }) => reason);
    };
    const say = async (sequence: number, environment?: string) =>
      send(sequence, facts(sequence, sequence), {
        introduction: { ...introduction, ...(environment === undefined ? {} : { environment }) },
      });
    for (const sequence of [1, 2]) await say(sequence, 'prod');
    expect(reporters.at(-1)).toEqual({ id: identity.agent, name: host, environments: ['unassigned'] });
    expect(await readAgent(test.store, host)).toMatchObject({ asksFor: 'prod', environments: ['unassigned'] });
    expect(await announced()).toEqual(['The agent says that it is in prod; its join token allows unassigned.']);
    await say(3);
    expect(await readAgent(test.store, host)).not.toHaveProperty('asksFor');
    await sql`update link.agent set environments = '{unassigned,dev}' where name = ${host}`.execute(
      test.store.query(linkSchema),
    );
    await say(4, 'dev');
    expect(reporters.at(-1)).toMatchObject({ environment: 'dev' });
    await say(5);
    expect(await readAgent(test.store, host)).toMatchObject({ environment: 'dev' });
    await say(6, 'unassigned');
    expect(reporters.at(-1)).not.toHaveProperty('environment');
    expect([await announced(), await seen()]).toEqual([[], [1, 2, 3, 4, 5, 6]]);
  });

  it('keeps a refused claim aside and announces it once for a batch', async () => {
    const list = [...facts(1, 1), ...facts(2, 4).map((fact) => ({ ...fact, kind: 'claim' })), ...facts(5, 5)];
    const { refused } = await send(1, list);
    expect(refused.map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
    expect(await seen()).toEqual([1, 5]);
    const { rows } = await sql<{ payload: object }>`
      select payload from store.unclaimed_fact where fact = 'claim-refused' and payload->>'host' = ${host}`.execute(
      test.store.query(linkSchema),
    );
    expect(rows).toEqual([{ payload: { host, reason: `${host} holds no such image.`, subject: 'sha256:1' } }]);
  });

  it('keeps no more than the newest refused facts', async () => {
    const bad = Array.from({ length: 900 }, () => ({ kind: 'tide', at: now(), body: 1 }));
    for (const sequence of [1, 901]) await send(sequence, bad);
    const kept = await test.store
      .query(linkSchema)
      .selectFrom('refused_fact')
      .select('sequence')
      .where('agent', '=', identity.agent)
      .orderBy('id')
      .execute();
    expect([kept.length, kept[0]?.sequence]).toEqual([1000, 801]);
  });

  it('stores nothing of a batch on which a handler breaks, nor the facts before', async () => {
    await expect(send(1, [...facts(1, 2), { kind: 'crash', at: now(), body: null }])).rejects.toMatchObject({
      code: 'internal',
    });
    expect(await seen()).toEqual([]);
    expect((await send(1, [])).stored).toBe(0);
  });

  it('takes a placeholder for nothing but its place', async () => {
    const { refused } = await send(1, [{ kind: supersededKind, at: now(), body: null }, ...facts(2, 3)]);
    expect([refused, await seen()]).toEqual([[], [2, 3]]);
  });

  it('lets no agent speak for another host or instance', async () => {
    await expect(send(1, facts(1, 1), { introduction: introductionOf('pier-99') })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(send(1, facts(1, 1), { introduction: { ...introduction, instance: 'blue' } })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    const stranger = openChannel({ ...identity, ...(await foreignIdentity()) });
    await expect(
      stranger.call(deliver, {
        body: { introduction, epoch, sequence: 1, sentAt: now(), lost: 0, facts: facts(1, 1) },
      }),
    ).rejects.toMatchObject({ code: 'not-signed-in' });
    stranger.close();
    expect(await seen()).toEqual([]);
  });

  /** Key and certificate of an agent of another console. */
  async function foreignIdentity(): Promise<Pick<Identity, 'key' | 'certificate'>> {
    const other = await startTestLink();
    const { key, certificate } = await joinConsole({
      consoleUrl: other.url,
      token: await other.token(),
      stateFolder: await other.newFolder(),
      introduction,
    });
    await other.close();
    return { key, certificate };
  }

  it('corrects times by the measured offset, and shows it', async () => {
    const ahead = (seconds: number): string => new Date(test.clock().getTime() + seconds * 1000).toISOString();
    const list = [
      { kind: 'count', at: ahead(590), body: { n: 1 } },
      { kind: 'count', at: ahead(900), body: { n: 2 } },
    ];
    const before = test.clock().getTime();
    await send(1, list, { sentAt: ahead(600) });
    const rows = await test.store
      .query(seenSchema)
      .selectFrom('seen')
      .select('at')
      .where('host', '=', host)
      .orderBy('id')
      .execute();
    const [first = 0, second = 0] = rows.map(({ at }) => at.getTime() - before);
    expect(Math.abs(first + 10_000)).toBeLessThan(2000);
    expect(second).toBeLessThanOrEqual(test.clock().getTime() - before);
    // A batch that was long on its way looks like a clock that is behind.
    await send(3, facts(3, 3), { sentAt: ahead(570) });
    const agent = await readAgent(test.store, host);
    expect(Math.abs((agent?.clockOffset ?? 0) - 600)).toBeLessThan(2);
  });

  it('ends the connections of a revoked agent at once, on every console, and takes nothing more', async () => {
    await send(1, facts(1, 1));
    const second = await test.another();
    const open = await Promise.all([test.url, second.url].map((url) => connected(identity, url)));
    const others = await connected(await someoneElse(), test.url);
    const ended = open.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    await revoke(test, identity.agent, theConsole);
    await Promise.all(ended);
    expect(others.destroyed).toBe(false);
    others.destroy();
    for (const linkUrl of [test.url, second.url]) {
      const again = openChannel({ ...identity, linkUrl });
      const body = { introduction, epoch, sequence: 2, sentAt: now(), lost: 0, facts: facts(2, 2) };
      await expect(again.call(deliver, { body })).rejects.toMatchObject({ code: 'agent-revoked' });
      again.close();
    }
    expect(await seen()).toEqual([1]);
  });

  const someoneElse = async (): Promise<Identity> =>
    joinConsole({
      consoleUrl: test.url,
      token: await test.token(),
      stateFolder: await test.newFolder(),
      introduction: introductionOf(`other-${hosts}`),
    });

  it('lets the old certificate hold until the new one was used, and an hour longer', async () => {
    const request = async () => channel.call(renew, { body: { csr: await makeRequest(await newKeyPair()) } });
    await request();
    const keys = await newKeyPair();
    const { certificate, authority } = await channel.call(renew, { body: { csr: await makeRequest(keys) } });
    test.wait(3 * 60 * 60_000);
    expect((await send(1, facts(1, 1))).stored).toBe(1);
    const renewed = openChannel({ ...identity, key: privateKeyText(keys), certificate, authority });
    const beat = () =>
      renewed.call(deliver, { body: { introduction, epoch, sequence: 2, sentAt: now(), lost: 0, facts: [] } });
    expect((await beat()).stored).toBe(1);
    expect((await send(2, facts(2, 2))).stored).toBe(2);
    test.wait(61 * 60_000);
    await expect(send(3, facts(3, 3))).rejects.toMatchObject({ code: 'not-signed-in' });
    expect((await beat()).stored).toBe(2);
    renewed.close();
  });

  it('marks an agent silent after 30 seconds without a word, and live at its next one', async () => {
    await send(1, facts(1, 1));
    test.wait(31_000);
    const state = async () => (await readAgent(test.store, host))?.state;
    await expect.poll(state, { timeout: 6000 }).toBe('silent');
    await send(2, []);
    expect(await state()).toBe('live');
    const { rows } = await sql<{
      host: string;
    }>`select payload->>'host' as host from store.unclaimed_fact where fact = 'agent-changed' and payload->>'host' = ${host}`.execute(
      test.store.query(linkSchema),
    );
    expect(rows.length).toBeGreaterThanOrEqual(3);
  });

  it('serves by the new authority only when every agent knows it, and trusts both', async () => {
    await test.link.rotateAuthority(theConsole);
    const keys = await newKeyPair();
    const renewedBy = async () => channel.call(renew, { body: { csr: await makeRequest(keys) } });
    await expect.poll(async () => (await renewedBy()).authority.match(/BEGIN/g)?.length, { timeout: 6000 }).toBe(2);
    const { certificate, authority } = await renewedBy();
    const renewed = openChannel({ ...identity, key: privateKeyText(keys), certificate, authority });
    const body = { introduction, epoch, sequence: 1, sentAt: now(), lost: 0, facts: facts(1, 1) };
    expect((await renewed.call(deliver, { body })).stored).toBe(1);
    // One that has not renewed yet comes back: the console serves by the authority that it knows.
    const before = openChannel(identity);
    expect((await before.call(deliver, { body })).stored).toBe(1);
    for (const one of [renewed, before]) one.close();
    const [newest, first] = certificatesIn(authority);
    const servingAfter = async (days: number) =>
      (
        await readAuthorities({ ...test, clock: () => new Date(test.clock().getTime() + days * 24 * 60 * 60_000) })
      ).serving.certificate.trim();
    expect([await servingAfter(30), await servingAfter(32)]).toEqual([first, newest]);
  });

  it('does not start with a master key that does not open the authority', async () => {
    await expect(test.another(Buffer.alloc(32, 7))).rejects.toMatchObject({ code: 'master-key-wrong' });
  });
});
