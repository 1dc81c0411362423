import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { provenanceSchema } from '#provenance/console/index.ts';
import type { DomainSchema, Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { verifyEvidenceLog } from '../../contract.ts';
import { complianceSchema } from '../schema.ts';
import { statusId } from '../transitions.ts';
import { createEvidenceLog } from './evidence-log.ts';
import { evidenceLog, evidenceProofs, logRestored, logSilences, logSnapshots } from './log-tables.ts';
import { readStates } from './read-statuses.ts';
import { readSubjectsAt } from './states-at.ts';
import { writeSnapshots } from './snapshots.ts';

const before = Object.fromEntries(Object.entries(complianceSchema.migrations).filter(([name]) => name < '0017'));
const asBefore: DomainSchema<unknown> = { name: 'compliance', migrations: before };
const states = { 'CTR-001': { state: 'fail', version: 1 }, 'CTR-002': { state: 'pass', version: 1 } } as const;
const status = statusId(states);

let store: Store;
beforeAll(async () => {
  store = await createTestStore([accessSchema, linkSchema, inventorySchema, catalogSchema, provenanceSchema, asBefore]);
});
afterAll(async () => await store.close());

/** A history of three months as a release of then wrote it, and how its subjects stand. */
async function rowsOfRelease(database: Kysely<never>): Promise<void> {
  await sql`
    insert into transition (observed_at, received_at, host, kind, id, name, application, environment, change, check_id,
      from_state, to_state, checks, facts, silent)
    select told, told + interval '3 microseconds', 'prod-' || at % 3, 'container', 'c' || at % 7, 'shop', null, 'prod',
      case when at < 21 then 'first' else 'changed' end, case when at >= 21 then 'CTR-001' end,
      case when at >= 21 then 'pass' end, case when at >= 21 then 'fail' end, case when at < 21 then 2 end, 'f', false
    from generate_series(0, 299) as at
    cross join lateral (select '2026-08-20T00:00:00Z'::timestamptz + at * interval '6 hours' as told) as time`.execute(
    database,
  );
  await sql`insert into status (id, states) values (${status}, ${JSON.stringify(states)})`.execute(database);
  await sql`
    insert into stands (host, kind, id, status, facts, silent, terms, name, application, environment)
    select distinct host, kind, id, ${status}, 'f', false, 't', 'shop', null, 'prod' from transition`.execute(database);
}

const within = async (work: (database: Kysely<never>) => Promise<void>): Promise<void> =>
  await store.transaction(async (transaction) => {
    const database = transaction.query(asBefore) as unknown as Kysely<never>;
    await sql`set local search_path to compliance`.execute(database);
    await work(database);
  });

test('rows of before keep their numbers, and each subject says how it stands', async () => {
  const rows = async () =>
    (
      await sql<object>`
        select sequence, observed_at, received_at, host, id, change, check_id, to_state, checks
        from compliance.transition order by sequence limit 300`.execute(store.query(asBefore))
    ).rows;
  await within(rowsOfRelease);
  const was = await rows();
  expect(was).toHaveLength(300);
  await within(async (database) => {
    for (const migration of [evidenceLog, evidenceProofs, logSnapshots, logSilences, logRestored])
      await migration.up(database);
  });
  expect(await rows()).toEqual(was);
  const subjects = await readSubjectsAt(store, { at: new Date(Date.now() + 1000) });
  const known = await readStates(store, new Set(subjects.flatMap(({ checks }) => checks ?? [])));
  expect(subjects).toHaveLength(21);
  for (const one of subjects) expect(known.get(one.checks ?? '')).toEqual(states);
});

test('it is sealed, verified, and read from snapshots like any other', async () => {
  const clock = () => new Date(Date.now() + 60_000);
  const log = createEvidenceLog({ store, clock, masterKey: () => Buffer.alloc(32, 'test'), heldHeads: async () => [] });
  const standing = async () => await readSubjectsAt(store, { at: clock() });
  const unsealed = await standing();
  await log.sealNow();
  await writeSnapshots(store, 100);
  expect(await store.query(complianceSchema).selectFrom('log_snapshot').select('position').execute()).not.toEqual([]);
  expect(await standing()).toEqual(unsealed);
  const principal = userNamed('eve', ['read-audit']);
  expect(await answerOf(log.routes, { endpoint: verifyEvidenceLog, input: {}, principal })).toMatchObject({
    state: 'intact',
    rows: 321,
  });
});

test('new rows follow the old ones', async () => {
  const { rows } = await sql<{ sequence: number }>`
    insert into compliance.transition (observed_at, received_at, host, kind, id, name, change, silent)
    values (now(), now(), 'prod-1', 'container', 'c1', 'shop', 'ended', false) returning sequence`.execute(
    store.query(complianceSchema),
  );
  expect(rows).toEqual([{ sequence: 322 }]);
});
