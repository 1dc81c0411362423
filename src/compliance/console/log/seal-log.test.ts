import { createPrivateKey } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { unseal } from '#link/console/index.ts';
import { listLogHeads, listLogLeaves, verifyEvidenceLog } from '../../contract.ts';
import { headHash, leafHash, openVerification, rootOf, rowText, signHead } from '../../log/index.ts';
import { complianceSchema } from '../schema.ts';
import { calm, openTestCompliance, privileged, type TestCompliance } from '../testing.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence-log.ts';
import { leavesOf, readHeads, toSignedHead } from './leaves.ts';
import { readRows } from './sealed-rows.ts';
import { type GivenHead, readEvidenceHead } from './verify-stored.ts';

const masterKey = (): Buffer => Buffer.alloc(32, 'test');
const auditor = userNamed('eve', ['read', 'read-audit']);

let world: TestCompliance;
let log: EvidenceLog;
let held: readonly (GivenHead & { readonly agent: string })[];
let shop: { readonly id: string; readonly name: string };
beforeEach(async () => {
  world = await openTestCompliance();
  held = [];
  log = openLog();
  shop = { id: await world.run('prod-1', 'shop', 'store'), name: 'shop' };
});
afterEach(() => world.close());

const openLog = () =>
  createEvidenceLog({ store: world.store, clock: world.now, masterKey, heldHeads: async () => held });
const database = () => world.store.query(complianceSchema);
const heads = () => readHeads(world.store, { after: 0, limit: 100 });
const asked = async () =>
  await answerOf(log.routes, { endpoint: listLogHeads, input: { query: {} }, principal: auditor });
const verify = async () => await answerOf(log.routes, { endpoint: verifyEvidenceLog, input: {}, principal: auditor });
const positions = async () =>
  (await database().selectFrom('transition').select(['position', 'before']).orderBy('sequence').execute()).map(
    ({ position, before }) => [position, before],
  );
const everything = async () => {
  const all = [];
  for await (const batch of leavesOf(world.store, { from: 1, to: 1e9 }, () => true)) all.push(batch);
  return all;
};
/** A row as a domain might write it, committed or not. */
const row = (id: string, receivedAt = world.now()) =>
  sql`insert into compliance.transition (observed_at, received_at, host, kind, id, name, change, silent)
    values (${receivedAt}, ${receivedAt}, 'prod-1', 'container', ${id}, ${id}, 'ended', false)`;

describe('the evidence log', () => {
  it('seals what is written down, in batches that follow one another', async () => {
    await world.report('prod-1', shop, calm);
    await log.seal();
    expect(await heads()).toEqual([]);
    expect(await verify()).toEqual({ state: 'empty', heads: 0, rows: 0, forgotten: 0, agents: 0 });
    world.pass(10);
    await log.seal();
    await world.report('prod-1', shop, privileged);
    await log.sealNow();
    await log.sealNow();
    const [first, second] = (await heads()).map(toSignedHead);
    expect(first?.head).toMatchObject({ batch: 1, first: 0, count: 1, previous: '', at: world.now().toISOString() });
    expect(second?.head).toMatchObject({ batch: 2, first: 1, previous: first && headHash(first.head) });
    const rows = await positions();
    expect(rows).toEqual([
      [0, null],
      [1, 0],
    ]);
    expect(await heads()).toHaveLength(2);
    const { keys, heads: told, waiting } = await asked();
    expect(told).toEqual([first, second]);
    expect(waiting).toBe(0);
    const verification = openVerification({
      installation: first?.head.installation ?? '',
      keys: keys.map(({ pem }) => pem),
      heads: told,
    });
    for (const { rows: which, leaves } of await everything()) {
      expect(which).toBe('all');
      for (const leaf of leaves) expect(verification.leaf(leaf)).toBe(true);
    }
    expect(verification.end()).toEqual({ faults: [], leaves: rows.length, more: 0 });
    expect(await verify()).toEqual({ state: 'intact', heads: 2, rows: rows.length, forgotten: 0, agents: 0 });
  });

  it('tells leaves a page at a time, to who may see them', async () => {
    await world.report('prod-1', shop, calm);
    await world.report('prod-1', shop, privileged);
    await log.sealNow();
    const leaves = async (query: object, principal = auditor) =>
      await answerOf(log.routes, {
        endpoint: listLogLeaves,
        input: { params: { batch: 1 }, query: query as never },
        principal,
      });
    const all = await leaves({});
    expect(all).toMatchObject({ rows: 'all', head: { head: { batch: 1 } } });
    const page = await leaves({ limit: 1 });
    expect(page).toMatchObject({ leaves: all.leaves.slice(0, 1), next: 1 });
    expect(await leaves({ from: 1 })).toMatchObject({ leaves: all.leaves.slice(1) });
    expect(await leaves({}, userNamed('bob', ['read'], ['nowhere']))).toMatchObject({ rows: 'some', leaves: [] });
    await expect(
      answerOf(log.routes, { endpoint: listLogLeaves, input: { params: { batch: 9 } }, principal: auditor }),
    ).rejects.toThrow('There is no batch 9');
  });

  it('is sealed once, however many consoles do it at the same time', async () => {
    for (let at = 0; at < 5; at++) await world.report('prod-1', shop, at % 2 === 0 ? calm : privileged);
    const others = Array.from({ length: 6 }, openLog);
    await Promise.all(others.map((one) => one.sealNow()));
    const sealed = (await positions()).map(([position]) => position);
    expect(sealed.toSorted()).toEqual([...sealed.keys()]);
    expect(await database().selectFrom('log_key').selectAll().execute()).toHaveLength(1);
    expect(await verify()).toMatchObject({ state: 'intact', rows: sealed.length });
  });

  it('takes a row that was numbered earlier and committed later into a later batch', async () => {
    const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const late = world.store.transaction(async (transaction) => {
      await row('late').execute(transaction.query(complianceSchema));
      begun.resolve();
      await goOn.promise;
    });
    await begun.promise;
    await row('early').execute(database());
    await log.sealNow();
    goOn.resolve();
    await late;
    await log.sealNow();
    const named = await database().selectFrom('transition').select(['id', 'position']).orderBy('sequence').execute();
    expect(named).toEqual([
      { id: 'late', position: 1 },
      { id: 'early', position: 0 },
    ]);
    expect(await verify()).toMatchObject({ state: 'intact', heads: 2, rows: 2 });
  });

  it('makes no head older than the one before it, and keeps nothing waiting, when a clock goes back', async () => {
    world.pass(60);
    await row('one').execute(database());
    await log.sealNow();
    world.pass(-120);
    await row('two', new Date(world.now().getTime() + 60 * 60_000)).execute(database());
    await log.seal();
    const [first, second] = await heads();
    expect(second?.at).toEqual(first?.at);
    expect(await verify()).toMatchObject({ state: 'intact', rows: 2 });
  });

  it('seals each month by itself, and its heads outlast the rows', async () => {
    await world.compliance.prune(world.now());
    const at = (month: number): Date => new Date(Date.UTC(2026, month, 28));
    for (const month of [9, 10, 9, 11]) await row(`of ${month}`, at(month)).execute(database());
    await log.sealNow();
    expect((await heads()).map(({ count }) => count)).toEqual([2, 1, 1]);
    await world.compliance.prune(new Date('2029-11-15T00:00:00Z'));
    expect((await database().selectFrom('transition').select('id').execute()).map(({ id }) => id).toSorted()).toEqual([
      'of 10',
      'of 11',
    ]);
    expect(await verify()).toMatchObject({ state: 'intact', heads: 3, rows: 2, forgotten: 1 });
    expect((await everything()).map(({ rows }) => rows)).toEqual(['forgotten', 'all', 'all']);
    await world.compliance.prune(new Date('2030-11-15T00:00:00Z'));
    expect(await verify()).toMatchObject({ state: 'intact', heads: 3, rows: 0, forgotten: 3 });
  });

  it('is verified when the older rows of a subject are gone', async () => {
    await world.compliance.prune(world.now());
    const at = (month: number): Date => new Date(Date.UTC(2026, month, 28));
    for (const month of [9, 10, 11]) await row('shop', at(month)).execute(database());
    await log.sealNow();
    expect(await verify()).toMatchObject({ state: 'intact', heads: 3, rows: 3, forgotten: 0 });
    await world.compliance.prune(new Date('2029-11-15T00:00:00Z'));
    expect(await verify()).toMatchObject({ state: 'intact', heads: 3, rows: 2, forgotten: 1 });
  });

  it('is read once for all who ask at the same time', async () => {
    await row('shop').execute(database());
    await log.sealNow();
    let readings = 0;
    const heldHeads = async () => {
      readings += 1;
      return [];
    };
    const shared = createEvidenceLog({ store: world.store, clock: world.now, masterKey, heldHeads });
    const ask = async () =>
      await answerOf(shared.routes, { endpoint: verifyEvidenceLog, input: {}, principal: auditor });
    const [, ...answers] = await Promise.all([shared.watch(), ask(), ask(), ask()]);
    expect(answers).toEqual(Array(3).fill(expect.objectContaining({ state: 'intact', rows: 1 })));
    expect(readings).toBe(1);
    await ask();
    expect(readings).toBe(2);
  });

  it('is pruned while it is sealed', async () => {
    for (let at = 0; at < 30; at++) await row(`${at}`).execute(database());
    await Promise.all([
      log.sealNow(),
      world.compliance.prune(world.now()),
      log.sealNow(),
      world.compliance.prune(world.now()),
    ]);
    expect(await verify()).toMatchObject({ state: 'intact', rows: 30 });
  });

  it('takes what an upgrade left in several batches', async () => {
    await sql`insert into compliance.transition (observed_at, received_at, host, kind, id, name, change, silent)
      select ${world.now()}, ${world.now()}, 'prod-1', 'container', (at % 100)::text, 'x', 'ended', false from generate_series(1, 9000) as at`.execute(
      database(),
    );
    await log.seal();
    expect((await heads()).map(({ count }) => count)).toEqual([4096, 4096]);
    await log.sealNow();
    expect(await verify()).toMatchObject({ state: 'intact', heads: 3, rows: 9000 });
  });
});

describe('a database that somebody changed', () => {
  beforeEach(async () => {
    await world.report('prod-1', shop, calm);
    await world.report('prod-1', shop, privileged);
    await log.sealNow();
    world.pass(10);
    await world.report('prod-1', shop, calm);
    await log.sealNow();
  });
  const hold = async (agent: string) => {
    const head = (await readEvidenceHead(world.store)) ?? expect.unreachable();
    held = [...held, { ...head, agent }];
  };

  it.each<[string, string, RegExp]>([
    [
      'a row',
      `update compliance.transition set to_state = 'pass' where position = 1`,
      /Batch 1 of the evidence log: it is not what/,
    ],
    [
      'a row that is gone',
      `delete from compliance.transition where position = 1`,
      /Batch 1 of .* rows that were sealed are missing/,
    ],
    ['a batch that is gone', `delete from compliance.log_head where batch = 1`, /Batch 1 of .* its head is missing/],
    [
      'a head',
      `update compliance.log_head set root = repeat('0', 64) where batch = 2`,
      /Batch 2 of .* is not signed by a key/,
    ],
    [
      'rows in another order',
      `update compliance.transition set position = 1 - position where position in (0, 1)`,
      /Batch 1, row 2 of .* another order/,
    ],
  ])('is broken: %s', async (_, statement, reason) => {
    await sql.raw(statement).execute(database());
    expect(await verify()).toMatchObject({ state: 'broken', reason: expect.stringMatching(reason) });
  });

  it('is named by what agents hold, when its history was written anew and signed by the same key', async () => {
    await hold('pier-1');
    await sql`update compliance.transition set to_state = 'pass' where to_state = 'fail'`.execute(database());
    await signAnew();
    expect(await verify()).toMatchObject({
      state: 'differs',
      agents: 1,
      reason: expect.stringMatching(/is not the one that agents hold: batch 2 of .* which agent pier-1 holds/),
    });
    held = [];
    expect(await verify()).toMatchObject({ state: 'intact' });
  });

  it('is named when its end was cut', async () => {
    await hold('pier-1');
    await sql`delete from compliance.log_head where batch = 2`.execute(database());
    expect(await verify()).toMatchObject({
      state: 'differs',
      reason: expect.stringMatching(/ends with batch 1, before/),
    });
  });

  it('is not accused by heads that no console gave out', async () => {
    held = [{ agent: 'liar', sequence: 1, hash: '0'.repeat(64), at: world.now().toISOString(), proof: '1'.repeat(64) }];
    expect(await verify()).toMatchObject({ state: 'intact', agents: 0 });
  });

  /** As somebody with the database and the master key would. */
  async function signAnew(): Promise<void> {
    const { fingerprint, sealed_key: sealed } = await database()
      .selectFrom('log_key')
      .selectAll()
      .executeTakeFirstOrThrow();
    const content = unseal(masterKey(), sealed ?? expect.unreachable(), `seawall evidence key ${fingerprint}`);
    const key = createPrivateKey({ key: content, format: 'der', type: 'pkcs8' });
    let previous = '';
    for (const row of await heads()) {
      const root = rootOf((await readRows(world.store, row)).map((one) => leafHash(rowText(one)))).toString('hex');
      const { head, signature } = signHead({ ...toSignedHead(row).head, root, previous }, key);
      previous = headHash(head);
      await database()
        .updateTable('log_head')
        .set({ root, previous: head.previous, signature, hash: previous })
        .where('batch', '=', row.batch)
        .execute();
    }
  }
});

describe('the audit trail', () => {
  it('names the newest head, once', async () => {
    const entries = async () =>
      await world.store
        .query(accessSchema)
        .selectFrom('audit')
        .select(['target', 'detail'])
        .where('action', '=', 'evidence-sealed')
        .orderBy('sequence')
        .execute();
    await log.noteHead();
    expect(await entries()).toEqual([]);
    await row('one').execute(database());
    await log.sealNow();
    await log.noteHead();
    await log.noteHead();
    const [head] = await heads();
    expect(await entries()).toMatchObject([
      { target: { kind: 'evidence-head', id: '1' }, detail: { hash: head?.hash, rows: 1 } },
    ]);
  });
});
