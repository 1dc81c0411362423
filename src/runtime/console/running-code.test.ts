import { randomUUID, sign } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Principal } from '#http/console/index.ts';
import { userNamed } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, containerFact, reportAs } from '#inventory/console/testing.ts';
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
import {
  askCode,
  CodeFact,
  type CodeStatement,
  getCode,
  getDesiredConfiguration,
  type SignedCode,
} from '../contract.ts';
import { signedBytesOf } from '../signed-code.ts';
import { testStatement } from '../testing.ts';
import { limits } from '../limits.ts';
import { runtimeSchema } from './schema.ts';
import { digestNamed, openTestRuntime, type TestRuntime } from './testing.ts';

const start = new Date('2026-11-24T15:00:00Z');
const life = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') };
const container = containerFact('web', 'shop/web:1').id;
const image = digestNamed('shop/web:1');
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
  const statement = JSON.stringify(testStatement({ container, image, ...changes }));
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
  (await at.ask(getDesiredConfiguration, { body: { models: [], images: [] } }, pier)).questions ?? [];

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

test('a host is asked with its configuration until it answers, and its statement is kept as it was signed', async () => {
  expect(await code()).toEqual({ container: { id: container, name: 'web', host: 'prod-1' } });
  const known = await at.ask(getDesiredConfiguration, { body: { models: [], images: [] } }, pier);
  const { request, ...place } = await ask('web');
  expect(place).toEqual({ container, host: 'prod-1' });
  expect(await questions()).toEqual([{ container, request }]);
  const configuration = await at.ask(
    getDesiredConfiguration,
    { body: { models: [], images: [], known: known.revision, wait: 5 } },
    pier,
  );
  expect(configuration.questions).toEqual([{ container, request }]);
  expect((await code()).asked).toMatchObject({ request });
  const reported = signed({ request });
  await at.report('prod-1', 'code', [reported]);
  expect(await code(container.slice(0, 12))).toEqual({
    container: { id: container, name: 'web', host: 'prod-1' },
    code: {
      at: start.toISOString(),
      verdict: {
        kind: 'proven',
        sentence: '143 mappings in 2 processes: all of this image, none other since 2026-11-24 12:03:00 UTC.',
      },
      statement: testStatement({ container, image, request }),
      signed: reported,
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
  await reportAs(at.store, agentOf('prod-1', 'prod'), {
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

test('what is no statement is refused before the console reads it, signed or not', () => {
  const reported = signed();
  expect(CodeFact.safeParse(reported).success).toBe(true);
  for (const statement of ['{}', '[', reported.statement.replace('"form":1', '"form":2')])
    expect(CodeFact.safeParse({ ...reported, statement }).success).toBe(false);
});

test('of another run, image or agent, or while its agent is away, a statement proves nothing', async () => {
  const shown = async (kind: 'stale' | 'incomplete', why: string): Promise<void> =>
    expect((await code()).code?.verdict).toEqual({ kind, sentence: expect.stringContaining(why) });
  const inventory = at.store.query(inventorySchema);
  const restarted = { ...containerFact('web', 'shop/web:1'), startedAt: '2026-11-24T15:00:01Z' };
  await reportAs(at.store, agentOf('prod-1', 'prod'), { kind: 'container', bodies: [restarted] });
  await shown('stale', 'the container was started again since');
  await reportAs(at.store, agentOf('prod-1', 'prod'), {
    kind: 'container',
    bodies: [containerFact('web', 'shop/web:1')],
  });
  await inventory.updateTable('host').set({ stale: true }).execute();
  await shown('stale', 'the agent of its host is away');
  await inventory.updateTable('host').set({ stale: false, agent: 'another' }).execute();
  await inventory.updateTable('container').set({ reported_by: 'another' }).execute();
  await shown('incomplete', 'the agent that reports for its host now did not sign it');
  await inventory.updateTable('host').set({ agent: own }).execute();
  await inventory.updateTable('container').set({ reported_by: own }).execute();
  await at.report('prod-1', 'code', [signed({ image: digestNamed('shop/api:1') })]);
  await shown('incomplete', 'its host reports another image for it');
  await at.report('prod-1', 'code', [signed()]);
  expect((await code()).code?.verdict.kind).toBe('proven');
});

test('of one host no more is kept than its share, and nothing of containers that it has not reported', async () => {
  const statements = at.store.query(runtimeSchema);
  const kept = async () =>
    (await statements.selectFrom('code_statement').select('container').where('host', '=', 'prod-1').execute()).map(
      (row) => row.container,
    );
  await at.report('prod-1', 'code', [signed({ container: 'e'.repeat(64) })]);
  expect(await kept()).toEqual([container]);
  const longest = 1024 * 1024;
  await sql`
    insert into runtime.code_statement (host, container, told_at, statement, signature, certificate)
    select 'prod-1', lpad(to_hex(age), 64, '0'), ${start}::timestamptz - age * interval '1 second',
      repeat('y', ${longest}::int), '', '' from generate_series(1, 160) as age`.execute(statements);
  await at.report('prod-1', 'code', [signed()]);
  const left = await kept();
  expect(left).toContain(container);
  // The newest beside it; its own needs room as well.
  expect(left).toHaveLength(limits.codeOfHost.value);
  expect(left).toContain('1'.padStart(64, '0'));
  await statements.deleteFrom('code_statement').where('container', '!=', container).execute();
});

test('who asks the same at once joins the question, and takes no answer from another one', async () => {
  const first = await ask('web');
  expect(await ask('web', userNamed('rita', ['read']))).toEqual(first);
  at.turnTo(new Date(start.getTime() + 5001));
  expect((await ask('web')).request).not.toBe(first.request);
  at.turnTo(start);
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
