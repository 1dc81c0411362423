/**
 * The history of evidence with a million rows of a year, of 200 hosts, 10,000 containers and 2,000 images: how long it takes
 * to seal it, to verify all of it, to say how a template stood on a day, and what changed between two days. Each has a bar,
 * and beside it what PostgreSQL or SHA-256 alone takes for the same rows in the same run. The store is kept in /tmp between
 * runs: delete the folder to have it made anew.
 */
import { hash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { accessSchema } from '#access/console/index.ts';
import { admissionSchema } from '#admission/console/index.ts';
import { silentLog } from '#base/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { complianceSchema, createEvidenceLog, readSubjectsAt } from '#compliance/console/index.ts';
import { verifyEvidenceLog } from '#compliance/contract.ts';
import { createExplorer, explorerSchema } from '#explorer/console/index.ts';
import { getTemplateEvidence, listEvidenceChanges } from '#explorer/contract.ts';
import { gateSchema } from '#gate/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { policySchema } from '#policy/console/index.ts';
import { provenanceSchema } from '#provenance/console/index.ts';
import { createRuntime, runtimeSchema } from '#runtime/console/index.ts';
import { openStore, type Store } from '#store/index.ts';
import { vulnerabilitySchema } from '#vulnerability/console/index.ts';
import { readHeads } from '../src/compliance/console/log/leaves.ts';
import { readRows } from '../src/compliance/console/log/sealed-rows.ts';
import { limits as pace } from '../src/compliance/limits.ts';
import { rowText } from '../src/compliance/log/index.ts';
import { begin, estate, fill, histories, rows, year } from './evidence-log/history.ts';

const folder = process.argv[2] ?? '/tmp/seawall-bench-evidence-log';
/** Moments that are asked for. */
const runs = 9;
/** Seconds that each may take. All hosts together may write so many rows an hour: sealing is not slower. */
const bars = { at: 1, changes: 1, verify: 60, seal: (rows * 3600) / (estate.hosts * pace.hourlyTransitions.value) };
const end = new Date(begin.getTime() + year);
const principal = userNamed(randomUUID(), ['read', 'read-audit']);

mkdirSync(folder, { recursive: true });
const masterKey = (): Buffer => Buffer.alloc(32, 'bench');
const store = await openStore({
  place: { kind: 'embedded', folder, durability: 'none' },
  schemas: [
    accessSchema,
    linkSchema,
    inventorySchema,
    catalogSchema,
    vulnerabilitySchema,
    provenanceSchema,
    complianceSchema,
    policySchema,
    admissionSchema,
    gateSchema,
    runtimeSchema,
    explorerSchema,
  ],
  log: silentLog,
  masterKey,
});
try {
  const log = createEvidenceLog({ store, clock: () => end, masterKey, heldHeads: async () => [] });
  await measureSealing(store, log);
  await measureVerification(store, log);
  await measureQuestions(store);
  console.log(`evidence-log rows=${rows} histories=${histories} load=${loadavg()[0]?.toFixed(1)}`);
} finally {
  await store.close();
}

type EvidenceLog = ReturnType<typeof createEvidenceLog>;

/** Beside it: what PostgreSQL takes to write the rows. Of a store that is there it is what was measured then. */
async function measureSealing(opened: Store, log: EvidenceLog): Promise<void> {
  const noted = join(folder, 'filled.json');
  const found = readNoted(noted);
  const { writing, sealing, load } = found ?? (await fill(opened, log));
  if (found === undefined) writeFileSync(noted, JSON.stringify({ writing, sealing, load }));
  const peer = `writing the rows; load ${load.toFixed(1)} then`;
  print('evidence-log-sealed', { ours: sealing, peer: writing, bar: bars.seal }, peer);
}

function readNoted(path: string): Awaited<ReturnType<typeof fill>> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Beside it: SHA-256 of as many bytes. */
async function measureVerification(opened: Store, log: EvidenceLog): Promise<void> {
  let answer = {};
  const ours = await seconds(
    async () => void (answer = await answerOf(log.routes, { endpoint: verifyEvidenceLog, input: {}, principal })),
  );
  const [head] = await readHeads(opened, { after: 0, limit: 1 });
  const texts = head === undefined ? [] : (await readRows(opened, head)).map(rowText);
  const peer = await seconds(async () => {
    for (let at = 0; at < rows; at++) hash('sha256', texts[at % texts.length] ?? '', 'buffer');
  });
  print('evidence-log-verified', { ours, peer, bar: bars.verify }, 'SHA-256 of as many rows');
  const { state, rows: verified } = answer as { readonly state?: string; readonly rows?: number };
  if (state !== 'intact' || verified !== rows) throw new Error(`The log is ${JSON.stringify(answer)}.`);
}

/** What people wait for. Beside it: what PostgreSQL takes to read all rows once. */
async function measureQuestions(opened: Store): Promise<void> {
  await createRuntime({ store: opened, clock: () => end, bucketSeconds: 3600 });
  const { routes } = createExplorer({ store: opened, clock: () => end });
  const params = { template: 'nist-800-190' };
  const peer = await seconds(async () => await readAll(opened));
  const days = Array.from({ length: runs }, (_, at) => new Date(begin.getTime() + (year * (at + 1)) / (runs + 1)));
  for (const at of days) {
    const subjects = await readSubjectsAt(opened, { at });
    if (2 * subjects.length !== histories) throw new Error(`${subjects.length} histories on ${at.toISOString()}.`);
  }
  const slowest = async (asks: readonly (() => Promise<unknown>)[]): Promise<number> => {
    const took: number[] = [];
    for (const ask of asks) took.push(await seconds(async () => void JSON.stringify(await ask())));
    return Math.max(...took);
  };
  const templates = days.flatMap((at) =>
    [undefined, 'prod'].map((environment) => async () => {
      const query = { at: at.toISOString(), environment };
      return await answerOf(routes, { endpoint: getTemplateEvidence, input: { params, query }, principal });
    }),
  );
  print('evidence-log-as-of', { ours: await slowest(templates), peer, bar: bars.at }, 'reading all rows once');
  const changes = days.flatMap((from) =>
    [1, 12].map((months) => async () => {
      const to = new Date(Math.min(from.getTime() + (year * months) / 12, end.getTime()));
      const query = { from: from.toISOString(), to: to.toISOString() };
      return await answerOf(routes, { endpoint: listEvidenceChanges, input: { params, query }, principal });
    }),
  );
  print('evidence-log-changes', { ours: await slowest(changes), peer, bar: bars.changes }, 'reading all rows once');
}

async function readAll(opened: Store): Promise<void> {
  await opened.transaction(async (transaction) => {
    const database = transaction.query(complianceSchema);
    await sql`set local enable_indexscan = off; set local enable_indexonlyscan = off; set local enable_bitmapscan = off`.execute(
      database,
    );
    await sql`select count(*), max(length(host || id || status)) from compliance.transition`.execute(database);
  });
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

interface Measured {
  readonly ours: number;
  readonly peer: number;
  readonly bar: number;
}

function print(name: string, { ours, peer, bar }: Measured, what: string): void {
  const ratio = (ours / peer).toFixed(1);
  console.log(`${name} ours=${ours.toFixed(2)}s peer=${peer.toFixed(2)}s ratio=${ratio} (peer: ${what}; bar ${bar} s)`);
  if (ours > bar) process.exitCode = 1;
}
