/**
 * The history of evidence with a million rows of a year: how long it takes to say how all subjects stood on a day, what
 * changed between two days, and to verify the whole log. The peers are what each may take.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { accessSchema } from '#access/console/index.ts';
import { silentLog } from '#base/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { complianceSchema, createEvidenceLog, readChangesBetween, readStatesAt } from '#compliance/console/index.ts';
import { verifyEvidenceLog } from '#compliance/contract.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { provenanceSchema } from '#provenance/console/index.ts';
import { openStore, type Store } from '#store/index.ts';
import { makeMonths } from '../src/compliance/console/log/months.ts';

const [rows, subjects, configurations] = [1_000_000, 10_000, 400];
/** Rows of one statement. */
const together = 50_000;
const runs = 7;
/** Seconds that each may take. */
const limits = { at: 1, changes: 1, verify: 60 };
const begin = new Date('2026-01-01T00:00:00Z');
const year = 365 * 24 * 60 * 60_000;
const end = new Date(begin.getTime() + year);
const schemas = [accessSchema, linkSchema, inventorySchema, catalogSchema, provenanceSchema, complianceSchema];

const folder = await mkdtemp(join(tmpdir(), 'seawall-evidence-log-'));
const masterKey = (): Buffer => Buffer.alloc(32, 'bench');
const store = await openStore({
  place: { kind: 'embedded', folder, durability: 'none' },
  schemas,
  log: silentLog,
  masterKey,
});
try {
  const log = createEvidenceLog({ store, clock: () => end, masterKey, heldHeads: async () => [] });
  await generate(store, log);
  await measureLog(store, log);
  await measureQuestions(store);
  console.log(`evidence-log load=${loadavg()[0]?.toFixed(1)}`);
} finally {
  await store.close();
  await rm(folder, { recursive: true, force: true });
}

type EvidenceLog = ReturnType<typeof createEvidenceLog>;

/** A year of changes of many subjects in turn, in months. They are sealed as they come, as a console does it. */
async function generate(opened: Store, log: EvidenceLog): Promise<void> {
  const database = opened.query(complianceSchema);
  await sql`
    insert into compliance.status (id, states)
    select lpad(to_hex(at), 64, '0'), json_build_object('CTR-001', json_build_object('state', 'pass', 'version', 1))
    from generate_series(1, ${configurations}::int) as at`.execute(database);
  for (let month = 0; month <= 12; month += 3)
    await opened.transaction(
      async (transaction) => await makeMonths(transaction, new Date(Date.UTC(begin.getUTCFullYear(), month, 1))),
    );
  let sealing = 0;
  for (let from = 0; from < rows; from += together) {
    await insertRows(opened, from);
    await sql`analyze compliance.transition`.execute(database);
    sealing += await seconds(async () => {
      while ((await log.sealNow()) > 0);
    });
    console.error(`${from + together} rows, ${sealing.toFixed(0)} s of them sealing`);
  }
  console.log(`evidence-log-sealed ours=${sealing.toFixed(1)}s for ${rows} rows`);
  await sql`vacuum analyze compliance.transition`.execute(database);
}

async function insertRows(opened: Store, from: number): Promise<void> {
  await sql`
    insert into compliance.transition (observed_at, received_at, host, kind, id, name, application, environment, change,
      check_id, from_state, to_state, status, facts, silent)
    select told, told + interval '1 second', 'host-' || (at % 200), 'container',
      encode(sha256((at % ${subjects}::int)::text::bytea), 'hex'), 'container-' || (at % ${subjects}::int),
      'application-' || (at % 50), case at % 3 when 0 then 'dev' when 1 then 'test' else 'prod' end,
      case when at < ${subjects}::int then 'first' else 'changed' end,
      case when at < ${subjects}::int then null else 'CTR-0' || lpad((at % 90)::text, 2, '0') end,
      case when at < ${subjects}::int then null else 'pass' end, case when at < ${subjects}::int then null else 'fail' end,
      lpad(to_hex(1 + (at::bigint * 7919) % ${configurations}::int), 64, '0'),
      encode(sha256((at % ${configurations}::int)::text::bytea), 'hex'), false
    from generate_series(${from}::int, ${Math.min(from + together, rows) - 1}::int) as at
    cross join lateral (select ${begin}::timestamptz + make_interval(secs => at * ${year / 1000 / rows}::float8) as told)`.execute(
    opened.query(complianceSchema),
  );
}

async function measureLog(opened: Store, log: EvidenceLog): Promise<void> {
  await sql`vacuum analyze compliance.transition`.execute(opened.query(complianceSchema));
  const principal = userNamed(randomUUID(), ['read-audit']);
  const verifying = performance.now();
  const found = await answerOf(log.routes, { endpoint: verifyEvidenceLog, input: {}, principal });
  print('evidence-log-verified', (performance.now() - verifying) / 1000, limits.verify);
  if (found.state !== 'intact' || found.rows !== rows) throw new Error(`The log is ${JSON.stringify(found)}.`);
}

async function measureQuestions(opened: Store): Promise<void> {
  const days = Array.from({ length: runs }, (_, at) => new Date(begin.getTime() + (year * (at + 1)) / (runs + 1)));
  const asked: number[] = [];
  for (const at of days)
    asked.push(
      await seconds(async () => {
        const { subjects: then } = await readStatesAt(opened, { at });
        if (then.length !== subjects) throw new Error(`${then.length} subjects stood on ${at.toISOString()}.`);
      }),
    );
  print('evidence-log-as-of', Math.max(...asked), limits.at);
  const changes: number[] = [];
  for (const from of days)
    changes.push(
      await seconds(async () => {
        const to = new Date(from.getTime() + year / 12);
        await readChangesBetween(opened, { from, to, environment: 'prod', limit: 100, offset: 0 });
      }),
    );
  print('evidence-log-changes', Math.max(...changes), limits.changes);
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

function print(name: string, ours: number, limit: number): void {
  console.log(`${name} ours=${ours.toFixed(2)}s peer=${limit}s ratio=${(ours / limit).toFixed(2)}`);
  if (ours > limit) process.exitCode = 1;
}
