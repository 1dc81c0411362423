import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import type { SubjectId } from '#base/index.ts';
import { agentOf, hostFact, imageFact, reportAs } from '#inventory/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import type { DomainSchema, Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import type { ScanPublication } from '../contract.ts';
import { readComingScans } from './coming-scans.ts';
import { readCountingScans } from './counting.ts';
import { packDocument } from './document.ts';
import type { Publisher } from './publisher.ts';
import { readScan, readShownScan } from './scans.ts';
import { catalogSchema } from './schema.ts';
import { subjectIdOf } from './subject-id.ts';
import { chooseAnew, debianPackage, imageScan, publishTo } from './testing.ts';

/** The schema of release 0.1, and what came after it; what stands on the upgrade is left out. */
const { '0005-counting-scans': upgrade, '0007-redacted-subjects': _, ...migrations } = catalogSchema.migrations;
const before: DomainSchema<unknown> = { name: 'catalog', migrations };
const clock = () => new Date('2026-11-24T12:00:00Z');
const curl = debianPackage('curl', '8.0-1');
const ci: Publisher = { kind: 'token', id: randomUUID(), name: 'ci', repositories: ['*'] };
const pier = agentOf('pier-1', 'prod');
const manifest = `sha256:${'d'.repeat(64)}`;

const byToken = imageScan({ content: 'by CI', names: ['shop/web:1'], packages: [curl] });
const byAgent = imageScan({ content: 'by an agent', names: ['shop/api:1'], packages: [curl] });
const nowhere = imageScan({ content: 'nowhere', names: ['shop/job:1'], packages: [curl] });

let store: Store;
beforeAll(async () => {
  store = await createTestStore([accessSchema, linkSchema, inventorySchema, before]);
  const database = store.query(before) as Kysely<unknown>;
  await sql`insert into access.token (id, secret_hash, name, role, created_by, created_at)
    values (${ci.id}, 'x', 'ci', 'ci', 'ada', now())`.execute(database);
  await storeBefore(database, byToken, ci);
  await storeBefore(database, byAgent, { kind: 'agent', id: pier.id, name: 'pier-1', environment: 'prod' });
  await storeBefore(database, nowhere, ci);
  await sql`insert into store.unclaimed_fact (fact, payload) values
    ('voice-changed', '{"scan": "x", "subject": "y"}'), ('witnesses-disagree', '{"subject": "y"}')`.execute(database);
  await reportAs(store, pier, { kind: 'host', bodies: [hostFact({ environment: 'prod' })] });
  for (const publication of [byToken, byAgent]) {
    const subject = subjectIdOf(publication.subject);
    await reportAs(store, pier, { kind: 'image', bodies: [imageFact('shop:1', { id: subject, subject })] });
  }
  await store.transaction(async (transaction) => await upgrade?.up(transaction.query(before) as Kysely<unknown>));
});
afterAll(async () => await store.close());

/** As release 0.1 stored a scan, and let it speak for its subject. */
async function storeBefore(
  database: Kysely<unknown>,
  { subject, catalog, ...rest }: ScanPublication,
  witness: Publisher,
): Promise<void> {
  const id = subjectIdOf(subject);
  const scan = randomUUID();
  await sql`insert into catalog.subject values (${id}, 'image', ${JSON.stringify(subject)}, now(), now())`.execute(
    database,
  );
  const key = `${witness.kind} ${witness.kind === 'agent' ? witness.name : witness.id}`;
  await sql`
    insert into catalog.scan (id, subject, target, scanned_at, received_at, scanner, witness, witness_key, analyzers,
      packages, faults, document, aliases)
    values (${scan}, ${id}, ${rest.target}, now(), now(), ${JSON.stringify(rest.scanner)}, ${JSON.stringify(witness)},
      ${key}, ${JSON.stringify(catalog.analyzers)}, ${catalog.packages.length}, 0,
      ${await packDocument({ subject, catalog })}, ${[manifest]}::text[])`.execute(database);
  await sql`insert into catalog.voice values (${id}, ${scan})`.execute(database);
}

async function counting(subject: SubjectId): Promise<readonly string[]> {
  const rows = (await readCountingScans(store, [subject])).get(subject) ?? [];
  return rows.map(({ environment, rank, why }) => `${environment} ${rank} ${why}`);
}

test('what spoke for a subject counts everywhere until it is chosen, and is shown', async () => {
  for (const publication of [byToken, byAgent, nowhere]) {
    const subject = subjectIdOf(publication.subject);
    expect(await counting(subject)).toEqual(['* 0 carried']);
    expect((await readShownScan(store, subject))?.subject).toBe(subject);
    const [coming] = await readComingScans(store, [{ digest: subject, environment: 'prod' }]);
    expect(coming).toHaveLength(1);
  }
  expect(await readComingScans(store, [{ digest: manifest, environment: 'prod' }])).toMatchObject([[{}, {}, {}]]);
});

test('facts that wait go by their new names', async () => {
  const { rows } = await sql<{ fact: string }>`
    select fact from store.unclaimed_fact where fact in ('voice-changed', 'witnesses-disagree', 'counting-scans-changed',
      'publishers-differ') order by id`.execute(store.query(catalogSchema));
  expect(rows.map(({ fact }) => fact)).toEqual(['counting-scans-changed', 'publishers-differ']);
});

test('after it is chosen, each goes on where it counted: the same scan, so that no verdict flips', async () => {
  const scanOf = async (subject: SubjectId) => (await readShownScan(store, subject))?.scan;
  for (const [publication, expected] of [
    [byToken, ['prod 0 carried']],
    [byAgent, ['prod 2 current']],
    [nowhere, []],
  ] as const) {
    const subject = subjectIdOf(publication.subject);
    const shown = await scanOf(subject);
    await chooseAnew(store, subject);
    expect(await counting(subject)).toEqual(expected);
    expect(await scanOf(subject)).toBe(shown);
  }
});

test('what was carried over ends with the first scan by a host that holds it, and never comes to other environments', async () => {
  const subject = subjectIdOf(byToken.subject);
  const quay = agentOf('quay-1', 'dev');
  await reportAs(store, quay, { kind: 'host', bodies: [hostFact({ environment: 'dev' })] });
  await reportAs(store, quay, { kind: 'image', bodies: [imageFact('shop:1', { id: subject, subject })] });
  await chooseAnew(store, subject);
  expect(await counting(subject)).toEqual(['prod 0 carried']);
  await publishTo(store, byToken, { clock, publisher: { kind: 'token', id: ci.id, name: 'ci', repositories: ['*'] } });
  expect(await counting(subject)).toEqual(['prod 0 carried']);
  await publishTo(store, byToken, { clock, publisher: { kind: 'agent', id: pier.id, name: 'pier-1' } });
  expect(await counting(subject)).toEqual(['prod 2 current']);
});

test('what was carried over ends when its publisher is revoked', async () => {
  const subject = subjectIdOf(nowhere.subject);
  await sql`update catalog.carried set environments = '{prod}' where subject = ${subject}`.execute(
    store.query(catalogSchema),
  );
  await reportAs(store, pier, { kind: 'image', bodies: [imageFact('shop:1', { id: subject, subject })] });
  await chooseAnew(store, subject);
  expect(await counting(subject)).toEqual(['prod 0 carried']);
  await store.query(accessSchema).deleteFrom('token').where('id', '=', ci.id).execute();
  await chooseAnew(store, subject);
  expect(await counting(subject)).toEqual([]);
});

test('a scan of before is read as it was', async () => {
  const shown = await readShownScan(store, subjectIdOf(byAgent.subject));
  const scan = shown && (await readScan(store, shown.scan));
  expect(scan?.catalog.packages).toEqual([curl]);
  expect(scan?.document).toEqual(byAgent.subject);
});
