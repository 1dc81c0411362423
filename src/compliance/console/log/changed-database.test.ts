import { generateKeyPairSync } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { listLogHeads, listLogLeaves, verifyEvidenceLog } from '../../contract.ts';
import { headHash, keyFingerprint, leafHash, rootOf, rowText, signHead } from '../../log/index.ts';
import { complianceSchema } from '../schema.ts';
import { calm, openTestCompliance, privileged, type TestCompliance } from '../testing.ts';
import { discardEvidenceKeys } from './evidence-key.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence-log.ts';
import { sealEvidence } from './evidence-seal.ts';
import { batchesSince, readHeads, toSignedHead } from './leaves.ts';
import { readRows } from './sealed-rows.ts';
import { readEvidenceHead } from './verify-stored.ts';

const masterKey = (): Buffer => Buffer.alloc(32, 'test');
const auditor = userNamed('eve', ['read', 'read-audit']);

let world: TestCompliance;
let log: EvidenceLog;
beforeEach(async () => {
  world = await openTestCompliance();
  log = createEvidenceLog({ store: world.store, clock: world.now, masterKey, heldHeads: async () => [] });
});
afterEach(() => world.close());

const database = () => world.store.query(complianceSchema);
const run = async (statement: string) => await sql.raw(statement).execute(database());
const heads = () => readHeads(world.store, { after: 0, limit: 100 });
const verify = async () => await answerOf(log.routes, { endpoint: verifyEvidenceLog, input: {}, principal: auditor });
const keys = async () =>
  (await answerOf(log.routes, { endpoint: listLogHeads, input: { query: {} }, principal: auditor })).keys;
/** A row as a domain might write it. */
const row = async (id: string, receivedAt = world.now()) =>
  await sql`insert into compliance.transition (observed_at, received_at, host, kind, id, name, change, silent)
    values (${receivedAt}, ${receivedAt}, 'prod-1', 'container', ${id}, ${id}, 'ended', false)`.execute(database());

/** Somebody with SQL, without the master key, who knows how the log is made. */
describe('a log that somebody with SQL changed', () => {
  beforeEach(async () => {
    const shop = { id: await world.run('prod-1', 'shop', 'store'), name: 'shop' };
    for (const fields of [calm, privileged, calm]) {
      await world.report('prod-1', shop, fields);
      await log.sealNow();
      world.pass(10);
    }
    expect(await verify()).toMatchObject({ state: 'intact', heads: 3, rows: 3 });
  });

  /** Signs the whole history anew, as it stands now, by a key of the attacker; gives its fingerprint. */
  async function signAsOther(): Promise<string> {
    const pair = generateKeyPairSync('ed25519');
    const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const fingerprint = keyFingerprint(pem);
    await sql`insert into compliance.log_key (fingerprint, public_key, sealed_key, created_at, proof)
      values (${fingerprint}, ${pem}, null, ${new Date(world.now().getTime() + 60_000)}, ${'0'.repeat(64)})`.execute(
      database(),
    );
    let previous = '';
    for (const one of await heads()) {
      const root = rootOf((await readRows(world.store, one)).map((own) => leafHash(rowText(own)))).toString('hex');
      const { head, signature } = signHead({ ...toSignedHead(one).head, root, previous }, pair.privateKey);
      await sql`update compliance.log_head set root = ${root}, previous = ${previous}, signature = ${signature},
        hash = ${headHash(head)}, key = ${fingerprint} where batch = ${one.batch}`.execute(database());
      previous = headHash(head);
    }
    return fingerprint;
  }

  it('is broken when its history was signed anew by a key that was put in, and that key is told to nobody', async () => {
    const own = (await keys()).map(({ fingerprint }) => fingerprint);
    await run(`update compliance.transition set to_state = 'pass' where to_state = 'fail'`);
    const other = await signAsOther();
    expect(await verify()).toMatchObject({
      state: 'broken',
      reason: expect.stringMatching(/not signed by a key of this console/),
    });
    expect((await keys()).map(({ fingerprint }) => fingerprint)).toEqual(own);
    const { keys: sealing } = await sealEvidence({ store: world.store, clock: world.now, masterKey });
    expect(sealing.map(keyFingerprint)).toEqual(own);
    await run(`update compliance.log_key set sealed_key = (select sealed_key from compliance.log_key
      where sealed_key is not null) where fingerprint = '${other}'`);
    expect((await keys()).map(({ fingerprint }) => fingerprint)).toEqual(own);
  });

  it.each<[string, string, RegExp]>([
    ['the oldest rows are gone', `delete from compliance.transition where position < 2`, /Batch 1 .* are missing/],
    ['all rows are gone', `delete from compliance.transition`, /Batch 1 .* are missing/],
    [
      'rows are said to be forgotten',
      `delete from compliance.transition; update compliance.log_head set forgotten = repeat('0', 64)`,
      /Batch 1 .* are missing/,
    ],
    [
      'a row stands behind all batches',
      `insert into compliance.transition (observed_at, received_at, host, kind, id, name, change, silent, position)
        values (now(), now(), 'prod-1', 'container', 'x', 'x', 'ended', false, 1000000)`,
      /Row 1000000 .* in no sealed batch/,
    ],
    [
      'a row stands before all batches',
      `insert into compliance.transition (observed_at, received_at, host, kind, id, name, change, silent, position)
        values (now(), now(), 'prod-1', 'container', 'x', 'x', 'ended', false, -1)`,
      /Row -1 .* in no sealed batch/,
    ],
    ['a head counts nothing', `update compliance.log_head set count = 0 where batch = 2`, /Batch 2/],
    [
      'a head counts more than a batch has',
      `update compliance.log_head set count = 2147483647 where batch = 3`,
      /Batch 3/,
    ],
    ['a head is of no moment', `update compliance.log_head set at = 'infinity' where batch = 3`, /Batch 3/],
    [
      'a row is of no moment',
      `update compliance.transition set observed_at = '-infinity' where position = 1`,
      /Batch 2/,
    ],
    ['a head has another hash', `update compliance.log_head set hash = repeat('0', 64) where batch = 3`, /Batch 3/],
    [
      'how checks stood is told otherwise',
      `update compliance.status set states = replace(states::text, '"fail"', '"pass"')::json`,
      /How checks stood, [0-9a-f]{64}, is not what rows/,
    ],
    ['how checks stood is nothing', `update compliance.status set states = 'null'`, /How checks stood/],
    ['how checks stood is gone', `delete from compliance.status`, /How checks stood/],
  ])('is broken: %s', async (_, statement, reason) => {
    await run(statement);
    expect(await verify()).toMatchObject({ state: 'broken', reason: expect.stringMatching(reason) });
  });

  it('is broken when rows were given an old date, so that they are forgotten', async () => {
    await run(`update compliance.transition set received_at = '2020-01-01' where position = 1`);
    await world.compliance.prune(world.now());
    expect(await verify()).toMatchObject({ state: 'broken', reason: expect.stringMatching(/Batch 2 .* are missing/) });
  });

  it('gives out no batch of which rows are gone', async () => {
    await run(`delete from compliance.transition where position = 1`);
    const asked = { endpoint: listLogLeaves, input: { params: { batch: 2 }, query: {} as never }, principal: auditor };
    await expect(answerOf(log.routes, asked)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is told of once, and once more when it verifies again', async () => {
    const watch = async () => {
      await log.watch();
      await world.store.idle();
    };
    await watch();
    await run(`update compliance.transition set name = 'x' where position = 0`);
    for (let hour = 0; hour < 3; hour++) await watch();
    await run(`update compliance.transition set name = 'shop' where position = 0`);
    for (let hour = 0; hour < 3; hour++) await watch();
    expect(world.verified).toEqual(['broken', 'intact']);
  });

  it('is told of at once when somebody asks, once for one break, and by whoever looks next when it is another', async () => {
    const ask = async () => {
      const { state } = await verify();
      await world.store.idle();
      return state;
    };
    expect(await ask()).toBe('intact');
    expect(world.verified).toEqual([]);
    await run(`update compliance.transition set name = 'x' where position = 0`);
    for (let asked = 0; asked < 3; asked++) expect(await ask()).toBe('broken');
    await log.watch();
    await world.store.idle();
    expect(world.verified).toEqual(['broken']);
    await run(`delete from compliance.transition where position = 0`);
    expect(await ask()).toBe('broken');
    expect(world.verified).toEqual(['broken', 'broken']);
  });

  it('is told of at once when somebody asks and agents hold another', async () => {
    const head = await readEvidenceHead(world.store);
    const held = head === undefined ? [] : [{ ...head, agent: 'prod-1' }];
    log = createEvidenceLog({ store: world.store, clock: world.now, masterKey, heldHeads: async () => held });
    expect(await verify()).toMatchObject({ state: 'intact', agents: 1 });
    await run(`delete from compliance.transition where position = 2; delete from compliance.log_head where batch = 3`);
    for (let asked = 0; asked < 2; asked++) expect(await verify()).toMatchObject({ state: 'differs' });
    await world.store.idle();
    expect(world.verified).toEqual(['differs']);
  });
});

describe('what is no change', () => {
  const month = (at: number, day = 28): Date => new Date(Date.UTC(2026, at, day));

  it('rows that name forgotten ones as those before them', async () => {
    for (const at of [9, 10, 11]) {
      await row('one', month(at));
      await log.sealNow();
    }
    await world.compliance.prune(new Date('2029-11-15T00:00:00Z'));
    expect(await verify()).toMatchObject({ state: 'intact', heads: 3, rows: 2, forgotten: 1 });
  });

  it('months that a clock wrote in another order', async () => {
    for (const at of [10, 9, 11]) {
      await row(`of ${at}`, month(at));
      await log.sealNow();
    }
    await world.compliance.prune(new Date('2029-11-15T00:00:00Z'));
    expect(await verify()).toMatchObject({ state: 'intact', heads: 3, rows: 2, forgotten: 1 });
  });

  it('a new master key: what was signed and forgotten before is believed', async () => {
    for (const at of [9, 10]) {
      await row('one', month(at));
      await log.sealNow();
    }
    await world.compliance.prune(new Date('2029-11-15T00:00:00Z'));
    await world.store.transaction(async (transaction) => await discardEvidenceKeys(transaction));
    await row('one', month(11));
    await log.sealNow();
    expect(await keys()).toHaveLength(2);
    expect(await verify()).toMatchObject({ state: 'intact', heads: 3, forgotten: 1 });
  });
});

it('a clock that was ahead once hides no later batch', async () => {
  world.pass(60 * 24 * 400);
  await row('ahead');
  await log.sealNow();
  world.pass(-60 * 24 * 400);
  await row('now');
  await log.sealNow();
  const since = new Date(world.now().getTime() - 60_000);
  expect(await batchesSince(world.store, since)).toEqual({ from: 1, to: 2 });
});
