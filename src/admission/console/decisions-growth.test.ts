import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Selectable } from '#access/index.ts';
import { userNamed } from '#http/console/testing.ts';
import { viewOf } from '#inventory/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { listDecisions } from '../contract.ts';
import { visiblePlaces } from './decision-places.ts';
import { readDecisions, sumByRule } from './decisions.ts';
import { decisionRow, storeDecisions } from './report-decisions.ts';
import { admissionSchema } from './schema.ts';
import { decision, openTestAdmission, type TestAdmission } from './testing.ts';

const hosts = 40;
const written = 2_000;
const copies = 100;
const bob = userNamed('bob', ['read'], ['pier-7']);

let at: TestAdmission;
beforeAll(async () => {
  at = await openTestAdmission();
  await at.collection('pier-7', { hosts: ['pier-7'] });
  await fill();
}, 120_000);
afterAll(() => at.close());

/** 200,000 decisions of 40 hosts: some are written, and copied an hour apart. */
async function fill(): Promise<void> {
  const { store, now } = at;
  const rows = Array.from({ length: written }, (_, index) => {
    const host = `pier-${index % hosts}`;
    const place: Selectable = { host, environment: index % 2 === 0 ? 'prod' : 'dev', images: ['shop:1'], labels: {} };
    const time = new Date(now().getTime() - index);
    return decisionRow(decision(`${index}`, time), { host, receivedAt: now(), place });
  });
  await store.transaction(async (transaction) => await storeDecisions(transaction, rows));
  const database = store.query(admissionSchema);
  const columns = sql.raw(
    'host, received_at, gate, answer, effect, rule, digest, environment, search, place, decision',
  );
  await sql`insert into admission.decision (id, time, ${columns})
    select id || '-' || copy, time - copy * interval '1 hour', ${columns}
    from admission.decision, generate_series(1, ${copies - 1}) as copy`.execute(database);
  await sql`vacuum analyze admission.decision`.execute(database);
}

/** How many decisions were read for something, by scans of all of them and by an index. */
async function readFor(look: (transaction: Transaction) => Promise<unknown>) {
  return await at.store.transaction(async (transaction) => {
    const database = transaction.query(admissionSchema);
    // What other processes of the server read for us is not counted here.
    await sql`set local max_parallel_workers_per_gather = 0`.execute(database);
    const before = await countRead(transaction);
    await look(transaction);
    const after = await countRead(transaction);
    return { scanned: after.scanned - before.scanned, found: after.found - before.found };
  });
}

async function countRead(transaction: Transaction) {
  const { rows } = await sql<{ scanned: number; found: number }>`
    select seq_tup_read as scanned, idx_tup_fetch as found from pg_stat_xact_user_tables
    where schemaname = 'admission' and relname = 'decision'`.execute(transaction.query(admissionSchema));
  return rows[0] ?? { scanned: 0, found: 0 };
}

test('of 200,000 decisions, who sees one host reads those of that host alone', async () => {
  const view = await viewOf(at.store, bob);
  const query = { limit: 50, offset: 0 };
  const page = await readFor(async (transaction) => {
    const found = await readDecisions(transaction, query, await visiblePlaces(transaction, view));
    expect(found.map(({ host }) => host)).toEqual(Array(50).fill('pier-7'));
  });
  expect(page.scanned).toBe(0);
  expect(page.found).toBeLessThanOrEqual((written * copies) / hosts);
  const since = new Date(at.now().getTime() - 14 * 24 * 60 * 60_000);
  const sums = await readFor(async (transaction) => {
    await sumByRule(transaction, { since, places: await visiblePlaces(transaction, view) });
  });
  expect(sums.scanned).toBe(0);
  expect(sums.found).toBeLessThanOrEqual((written * copies) / hosts);
});

test('the page of who sees one host comes at once', async () => {
  const began = performance.now();
  const { total, decisions, day } = await at.ask(listDecisions, { query: {} }, bob);
  expect(performance.now() - began).toBeLessThan(500);
  expect([total, decisions.length, day.denied]).toEqual([(written * copies) / hosts, 200, (written / hosts) * 24]);
});
