import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { createExplorer, type ExplorerService } from './index.ts';
import { advisories, clock, databaseBuiltAt, image } from './sample.testing.ts';
import { explorerSchema } from './schema.ts';
import { flawsWhere } from './sums.ts';
import { containerOf, type Estate, estateOn, estateSchemas, subjectOf } from './testing.ts';

let store: Store;
let estate: Estate;
let explorer: ExplorerService;
const numbers = [1, 2, 3, 4];

beforeAll(async () => {
  store = await createTestStore(estateSchemas);
  estate = await estateOn(store, clock);
  explorer = createExplorer({ store, clock });
  await estate.useDatabase(databaseBuiltAt('2026-11-24T00:00:00.000Z', advisories));
});

afterAll(async () => {
  await estate.close();
  await store.close();
});

test('sums that were shifted by many at once are those that are made anew', async () => {
  for (const number of numbers) {
    const which = await estate.publish(image(number, `app-${number}:1`, ['openssl', 'bash', 'curl'].slice(number % 2)));
    await estate.match(which);
  }
  for (let round = 0; round < 6; round++) {
    await Promise.all(
      numbers.map(async (number) => {
        await start(number, (round * number) % 4);
        const subject = subjectOf(number);
        if (round % 2 === 0) await explorer.refreshSubject({ subject });
        await Promise.all([explorer.placeSubject({ subject }), explorer.refreshSubject({ subject })]);
      }),
    );
    expect(await kept()).toEqual(await anew());
  }
});

/** One host holds one image, so that hosts do not wait for each other. */
async function start(number: number, containers: number): Promise<void> {
  await estate.report({
    name: `host-${number}`,
    environment: 'prod',
    present: [{ subject: subjectOf(number), names: [`app-${number}:1`] }],
    containers: Array.from({ length: containers }, (_, at) => containerOf(number * 10 + at, subjectOf(number))),
  });
}

async function kept(): Promise<unknown> {
  return (await sql`select * from explorer.flaw order by flaw, place, suppressed`.execute(store.query(explorerSchema)))
    .rows;
}

async function anew(): Promise<unknown> {
  const made = sql`select * from (${flawsWhere(sql`true`)}) as made order by flaw, place, suppressed`;
  return (await made.execute(store.query(explorerSchema))).rows;
}
