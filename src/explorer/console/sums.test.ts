import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { createExplorer, type ExplorerService } from './index.ts';
import { advisories, advisory, clock, databaseBuiltAt, image, rated } from './sample.testing.ts';
import { explorerSchema } from './schema.ts';
import { vulnerabilitiesWhere, upgradesWhere } from './sums.ts';
import { containerOf, type Estate, estateOn, estateSchemas, subjectOf } from './testing.ts';

let store: Store;
let estate: Estate;
let explorer: ExplorerService;
let scans = 0;
let builds = 0;
const numbers = [1, 2, 3, 4];
const packages = ['openssl', 'bash', 'curl', 'zlib_100%'];

beforeAll(async () => {
  store = await createTestStore(estateSchemas);
  estate = await estateOn(store, clock);
  explorer = createExplorer({ store, clock });
  await estate.useDatabase(databaseBuiltAt('2026-11-24T00:00:00.000Z', advisories));
  for (const number of numbers) await publish(number, packages.slice(number % 2));
});

afterAll(async () => {
  await estate.close();
  await store.close();
});

test('sums that many changed at once equal those computed from scratch', async () => {
  for (let round = 0; round < 6; round++) {
    await Promise.all(
      numbers.map(async (number) => {
        await report(number, { containers: (round * number) % 4, privileged: false, environments: ['prod'], used: [] });
        const subject = subjectOf(number);
        if (round % 2 === 0) await explorer.refreshSubject({ subject });
        await Promise.all([explorer.refreshPlacements({ subject }), explorer.refreshSubject({ subject })]);
      }),
    );
    expect(await kept()).toEqual(await fromScratch());
  }
});

const environment = fc.constantFrom('prod', 'dev');
const step = fc.oneof(
  fc.record({ kind: fc.constant('content'), number: fc.constantFrom(...numbers), packages: fc.subarray(packages) }),
  fc.record({
    kind: fc.constant('placements'),
    number: fc.constantFrom(...numbers),
    containers: fc.nat(2),
    privileged: fc.boolean(),
    environments: fc.uniqueArray(environment, { maxLength: 2 }),
    used: fc.subarray(packages),
  }),
  fc.record({ kind: fc.constant('database'), known: fc.nat(advisories.length), more: fc.boolean() }),
);

test('whatever comes and goes, sums equal those computed from scratch', { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 4 }), async (steps) => {
      for (const one of steps) {
        if (one.kind === 'content') await publish(one.number, one.packages);
        else if (one.kind === 'placements') await report(one.number, one);
        else await useDatabase(one);
      }
      await Promise.all(numbers.map(async (number) => await explorer.refreshSubject({ subject: subjectOf(number) })));
      expect(await kept()).toEqual(await fromScratch());
    }),
    { numRuns: 12 },
  );
});

async function publish(number: number, held: readonly string[]): Promise<void> {
  const scannedAt = new Date(Date.parse('2026-11-24T11:00:00Z') + ++scans).toISOString();
  const which = await estate.publish({ ...image(number, `app-${number}:1`, held), scannedAt });
  await estate.match(which);
}

async function useDatabase({ known, more }: { readonly known: number; readonly more: boolean }): Promise<void> {
  const records = [...advisories.slice(0, known), ...(more ? [advisory(50, 'openssl', rated('low'))] : [])];
  const builtAt = new Date(Date.parse('2026-11-24T00:00:00Z') + ++builds).toISOString();
  await estate.useDatabase(databaseBuiltAt(builtAt, records));
  const { rows } = await sql<{ scan: never; subject: never }>`
    select distinct on (subject) id as scan, subject from catalog.scan order by subject, sequence desc`.execute(
    store.query(explorerSchema),
  );
  for (const which of rows) await estate.match(which);
}

interface Placing {
  readonly containers: number;
  readonly privileged: boolean;
  readonly environments: readonly string[];
  readonly used: readonly string[];
}

/** Each host holds one image at most, so that hosts do not wait for each other. */
async function report(number: number, { containers, privileged, environments, used }: Placing): Promise<void> {
  const subject = subjectOf(number);
  for (const [at, environment] of ['prod', 'dev'].entries()) {
    const here = environments.includes(environment);
    const count = here ? containers : 0;
    await estate.report({
      name: `${environment}-${number}`,
      environment,
      present: here ? [{ subject, names: [`app-${number}:1`] }] : [],
      containers: Array.from({ length: count }, (_, one) =>
        containerOf(number * 10 + at * 5 + one, subject, { privileged }),
      ),
      used: here ? [{ subject, files: used.map((name) => `usr/lib/${name}`) }] : [],
    });
  }
}

async function kept(): Promise<unknown> {
  return await rowsOf({ vulnerabilities: sql`explorer.vulnerability`, upgrades: sql`explorer.upgrade` });
}

async function fromScratch(): Promise<unknown> {
  return await rowsOf({
    vulnerabilities: sql`(${vulnerabilitiesWhere(sql`true`)})`,
    upgrades: sql`(${upgradesWhere(sql`true`)})`,
  });
}

async function rowsOf(from: {
  readonly vulnerabilities: ReturnType<typeof sql>;
  readonly upgrades: ReturnType<typeof sql>;
}): Promise<unknown> {
  const database = store.query(explorerSchema);
  const vulnerabilities =
    await sql`select * from ${from.vulnerabilities} as made order by vulnerability, environment, suppressed`.execute(
      database,
    );
  const upgrades = await sql`select * from ${from.upgrades} as made order by upgrade, environment`.execute(database);
  return { vulnerabilities: vulnerabilities.rows, upgrades: upgrades.rows };
}
