import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { createTestStore } from '#store/testing.ts';
import { contentsOf } from '../contents.ts';
import { ScanPublication } from '../contract.ts';
import { documentDigest, sharedSubject } from '../document-digest.ts';
import { packDocument } from './document.ts';
import { readScan } from './scans.ts';
import { catalogSchema } from './schema.ts';
import { redactedSubjects } from './schema-redacted.ts';
import { debianPackage, imageScan, publishTo } from './testing.ts';

const key = 'AKIAQ2TYB7KEJ4NVMLPF';
const clock = () => new Date('2026-11-24T12:00:00Z');

/** As a scanner of the release before publishes it. */
function leaky(): ScanPublication {
  const { subject, ...rest } = imageScan({ content: 'a', names: ['a:1'], packages: [debianPackage('curl', '8.0-1')] });
  if (subject.kind !== 'image') throw new Error('no image');
  const createdBy = `|1 KEY=${key} /bin/sh -c make`;
  const settings = { ...subject.settings, labels: { team: 'shop', note: key }, command: ['serve', `--key=${key}`] };
  const layers = subject.layers.map((layer) => ({ ...layer, createdBy }));
  return ScanPublication.parse({
    ...rest,
    subject: { ...subject, layers, history: [{ createdBy, layer: 0 }], settings },
  });
}

test('images of scanners and of stores of a release before keep no secret, and have the digest of now', async () => {
  const store = await createTestStore([accessSchema, linkSchema, inventorySchema, catalogSchema]);
  const database = store.query(catalogSchema) as unknown as Kysely<never>;
  const { subject, catalog, ...rest } = leaky();
  const { scan } = await publishTo(store, { subject, catalog, ...rest }, { clock });
  const now = async () =>
    (await sql`select described, content_digest, contents from catalog.scan`.execute(database)).rows;
  const redacted = await now();
  expect(JSON.stringify(redacted)).not.toContain(key);

  const before = documentDigest(subject, catalog);
  await sql`update catalog.subject set document = ${JSON.stringify(subject)}`.execute(database);
  await sql`insert into catalog.document values (${before}, ${await packDocument({ subject: sharedSubject(subject), catalog })})`.execute(
    database,
  );
  await sql`update catalog.scan set described = ${JSON.stringify(subject)}, content_digest = ${before},
    contents = ${JSON.stringify(contentsOf(subject, catalog))}`.execute(database);
  await sql`delete from catalog.document where digest <> ${before}`.execute(database);
  expect(await now()).not.toEqual(redacted);
  for (let times = 0; times < 2; times += 1)
    await store.transaction(
      async (transaction) => await redactedSubjects.up(transaction.query(catalogSchema) as unknown as Kysely<never>),
    );
  expect(await now()).toEqual(redacted);
  const read = await readScan(store, scan);
  expect(read?.document).toMatchObject({
    layers: [{ createdBy: '|1 KEY=‹redacted len=20› /bin/sh -c make' }],
    settings: { labels: { team: 'shop', note: '‹redacted len=20›' }, command: ['serve', '--key=‹redacted len=20›'] },
  });
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from catalog.document`.execute(database);
  expect(rows).toEqual([{ count: 1 }]);
  expect(JSON.stringify((await sql`select document from catalog.subject`.execute(database)).rows)).not.toContain(key);
  await store.close();
});
