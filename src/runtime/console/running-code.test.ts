import { randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Principal } from '#http/console/index.ts';
import { userNamed } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, containerFact, tell } from '#inventory/console/testing.ts';
import {
  type Issuer,
  issueAgent,
  issueAuthority,
  keyOfRequest,
  makeRequest,
  newKeyPair,
  privateKeyText,
} from '#link/certificates.ts';
import { linkSchema } from '#link/console/index.ts';
import { askCode, type CodeStatement, getCode, getRuntimeOrders, type SignedCode } from '../contract.ts';
import { signedBytesOf } from '../signed-code.ts';
import { testStatement } from '../testing.ts';
import { openTestRuntime, type TestRuntime } from './testing.ts';

const start = new Date('2026-11-24T15:00:00Z');
const life = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') };
const container = containerFact('web', 'shop/web:1').id;
const own = agentOf('prod-1').id;
const pier: Principal = { kind: 'agent', id: own, name: 'prod-1', permissions: ['report'] };
let at: TestRuntime;
let authority: Issuer;
let host: Holder;

interface Holder {
  readonly key: string;
  readonly certificate: string;
}

beforeAll(async () => {
  at = await openTestRuntime();
  at.turnTo(start);
  await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
  await at.collection('others', { images: ['other/*'] });
  authority = await makeAuthority();
  const row = { id: randomUUID(), sealed_key: Buffer.alloc(1), created_at: life.from, not_after: life.to };
  await at.store
    .query(linkSchema)
    .insertInto('authority')
    .values({ ...row, certificate: authority.certificate })
    .execute();
  host = await certified(own);
});
afterAll(async () => await at.close());

async function makeAuthority(): Promise<Issuer> {
  const keys = await newKeyPair();
  return { key: keys.privateKey, certificate: await issueAuthority(keys, 'Harbour', life) };
}

async function certified(agent: string, issuer = authority): Promise<Holder> {
  const keys = await newKeyPair();
  const key = await keyOfRequest(await makeRequest(keys));
  return { key: privateKeyText(keys), certificate: await issueAgent(issuer, { key, agent, life }) };
}

function signed(changes: Partial<CodeStatement> = {}, { key, certificate } = host): SignedCode {
  const statement = JSON.stringify(testStatement({ container, ...changes }));
  return { statement, signature: sign('sha256', signedBytesOf(statement), key).toString('base64'), certificate };
}

async function turnHost(to: 'stale' | 'live'): Promise<void> {
  await at.store
    .query(inventorySchema)
    .updateTable('host')
    .set({ stale: to === 'stale' })
    .where('name', '=', 'prod-1')
    .execute();
}

const ask = async (name: string, principal?: Principal) => at.ask(askCode, { params: { name } }, principal);
const code = async (name = 'web', principal?: Principal) => at.ask(getCode, { params: { name } }, principal);
const questions = async () =>
  (await at.ask(getRuntimeOrders, { body: { models: [], images: [] } }, pier)).questions ?? [];

const working = {
  state: 'working',
  version: '0.1.0',
  kernel: '6.12.0',
  mechanisms: [],
  lost: 0,
  throttled: 0,
} as const;

test('a host on which nobody can answer is not asked, and the error says what to do', async () => {
  const refused = async () => {
    const error = await ask('web').then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(await questions()).toEqual([]);
    return error as { readonly code: string; readonly message: string; readonly next: string } | undefined;
  };
  expect(await refused()).toMatchObject({
    code: 'host-silent',
    message: 'Nobody can say what code runs in web: host prod-1 has reported no sensor.',
    next: 'If its agent was started with --no-runtime, start it without, as root.',
  });
  const reason = 'The sensor needs root. Start the agent as root.';
  await at.report('prod-1', 'sensor', [{ ...working, state: 'missing', reason }]);
  expect(await refused()).toMatchObject({
    message: 'Nobody can say what code runs in web: there is no sensor on host prod-1.',
    next: reason,
  });
  await at.report('prod-1', 'sensor', [{ ...working, state: 'away', reason: 'It does not answer.' }]);
  expect(await refused()).toMatchObject({
    message: 'Nobody can say what code runs in web: the sensor does not answer on host prod-1.',
  });
  await at.report('prod-1', 'sensor', [working]);
  await turnHost('stale');
  expect(await refused()).toMatchObject({
    message: 'Nobody can say what code runs in web: the agent of host prod-1 is away.',
    next: 'Start the agent on that host, then ask again.',
  });
  await turnHost('live');
});

test('a host is asked with its orders until it answers, and its statement is kept as it was signed', async () => {
  expect(await code()).toEqual({ container: { id: container, name: 'web', host: 'prod-1' } });
  const known = await at.ask(getRuntimeOrders, { body: { models: [], images: [] } }, pier);
  const { request, ...place } = await ask('web');
  expect(place).toEqual({ container, host: 'prod-1' });
  expect(await questions()).toEqual([{ container, request }]);
  const orders = await at.ask(
    getRuntimeOrders,
    { body: { models: [], images: [], known: known.revision, wait: 5 } },
    pier,
  );
  expect(orders.questions).toEqual([{ container, request }]);
  expect((await code()).asked).toMatchObject({ request });
  const told = signed({ request });
  await at.report('prod-1', 'code', [told]);
  expect(await code(container.slice(0, 12))).toEqual({
    container: { id: container, name: 'web', host: 'prod-1' },
    code: {
      at: start.toISOString(),
      verdict: {
        kind: 'proven',
        sentence: '143 mappings in 2 processes: all of this image, none other since 2026-11-24 12:03:00 UTC.',
      },
      statement: testStatement({ container, request }),
      signed: told,
    },
  });
  expect(await questions()).toEqual([]);
});

test('a statement that says nothing of now is stale, and says why', async () => {
  const verdict = async () => (await code()).code?.verdict;
  expect((await verdict())?.kind).toBe('proven');
  await turnHost('stale');
  expect(await verdict()).toMatchObject({
    kind: 'stale',
    sentence: expect.stringMatching(/agent of its host is away/),
  });
  await turnHost('live');
  at.turnTo(new Date(start.getTime() + 3_600_000));
  expect(await verdict()).toMatchObject({ kind: 'stale', sentence: expect.stringMatching(/10 minutes ago/) });
  at.turnTo(start);
  await tell(at.store, agentOf('prod-1', 'prod'), {
    kind: 'container',
    bodies: [containerFact('web', 'shop/web:1', { startedAt: '2026-11-24T15:00:01Z' })],
  });
  expect(await verdict()).toMatchObject({ kind: 'stale', sentence: expect.stringMatching(/started again since/) });
  await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
  expect((await verdict())?.kind).toBe('proven');
});

test('a question that nobody answers is asked for a minute', async () => {
  await ask('web');
  expect(await questions()).toHaveLength(1);
  at.turnTo(new Date(start.getTime() + 61_000));
  expect(await questions()).toEqual([]);
  at.turnTo(start);
});

test('a statement that the host itself did not sign is refused', async () => {
  const before = (await code()).code;
  const other = signed({ mappings: 1 });
  const foreign = await makeAuthority();
  const forged = [
    { ...other, statement: other.statement.replace('"mappings":1', '"mappings":2') },
    { ...other, signature: signed().signature },
    { ...other, certificate: (await certified(own)).certificate },
    signed({ mappings: 1 }, await certified(agentOf('prod-2').id)),
    signed({ mappings: 1 }, await certified(own, foreign)),
    signed({ mappings: 1, host: 'prod-2' }),
    { ...other, certificate: authority.certificate },
    { ...other, certificate: 'none' },
    { ...other, statement: '{}' },
  ];
  for (const one of forged)
    await expect(at.report('prod-1', 'code', [one])).rejects.toMatchObject({ code: 'bad-request' });
  at.turnTo(life.to);
  await expect(at.report('prod-1', 'code', [other])).rejects.toMatchObject({ code: 'bad-request' });
  at.turnTo(start);
  expect((await code()).code).toEqual(before);
});

test('another host cannot speak for the container', async () => {
  const elsewhere = await certified(agentOf('prod-2').id);
  await at.report('prod-2', 'code', [signed({ host: 'prod-2', mappings: 7 }, elsewhere)]);
  expect((await code()).code?.statement.mappings).toBe(143);
});

test('who may not see the container is told nothing of it and asks nobody', async () => {
  const rita = userNamed('rita', ['read'], ['others']);
  await expect(code('web', rita)).rejects.toMatchObject({ code: 'not-found' });
  await expect(ask('web', rita)).rejects.toMatchObject({ code: 'not-found' });
  await expect(ask('nobody')).rejects.toMatchObject({ code: 'not-found' });
  expect(await questions()).toHaveLength(1);
});

test('a name that several containers have is refused with their ids and hosts', async () => {
  await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-2' });
  const next = expect.stringContaining(`${container.slice(0, 12)} on prod-2`);
  await expect(code('web')).rejects.toMatchObject({
    code: 'not-found',
    message: '2 containers that run are called web.',
    next,
  });
});
