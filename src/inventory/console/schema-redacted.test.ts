import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { createTestStore } from '#store/testing.ts';
import { inventorySchema } from './schema.ts';
import { redactedContainers } from './schema-redacted.ts';
import { agentOf, containerFact, hostFact, reportAs } from './testing.ts';

const key = 'AKIAQ2TYB7KEJ4NVMLPF';
const labels = { note: key, 'seawall.application': 'shop', 'seawall.environment': 'prod' };
const command = ['serve', '--token', 'x7Gk2pQ9vR4mZ8tL', `--key=${key}`];
const shown = ['serve', '--token', '‹redacted len=16›', '--key=‹redacted len=20›'];

test('containers of agents and of stores of a release before keep no secret, and all labels that scopes name', async () => {
  const store = await createTestStore([accessSchema, linkSchema, inventorySchema]);
  const database = store.query(inventorySchema) as unknown as Kysely<never>;
  const stored = async () =>
    (
      await sql<{ fact: object; labels: object; application: string }>`select fact, labels, application
      from inventory.container`.execute(database)
    ).rows;
  const expected = [
    { fact: { command: shown, labels: { ...labels, note: '‹redacted len=20›' } }, application: 'shop' },
  ];
  await reportAs(store, agentOf('pier-1', 'prod'), { kind: 'host', bodies: [hostFact()] });
  const fact = containerFact('web', 'shop/web:1', { labels, command });
  await reportAs(store, agentOf('pier-1', 'prod'), { kind: 'container', bodies: [fact] });
  expect(await stored()).toMatchObject(expected);

  await sql`update inventory.container set fact = ${JSON.stringify(fact)}, labels = ${JSON.stringify(labels)}`.execute(
    database,
  );
  for (let times = 0; times < 2; times += 1)
    await store.transaction(
      async (transaction) =>
        await redactedContainers.up(transaction.query(inventorySchema) as unknown as Kysely<never>),
    );
  expect(await stored()).toMatchObject(expected);
  expect(JSON.stringify(await stored())).not.toContain(key);
  await store.close();
});
