import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPlacedVerdicts } from '#policy/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { limits } from '#vulnerability/limits.ts';
import { listVulnerabilities, listImages } from '../contract.ts';
import { createExplorer, type ExplorerService } from './index.ts';
import { advisory, clock, databaseBuiltAt, image, rated } from './sample.testing.ts';
import { explorerSchema } from './schema.ts';
import { sumInSteps } from './sum-steps.ts';
import { vulnerabilitiesWhere, sumVulnerabilities, sumUpgrades, upgradesWhere } from './sums.ts';
import {
  ask,
  containerOf,
  debianPackage,
  type Estate,
  estateOn,
  estateSchemas,
  publicationOf,
  subjectOf,
} from './testing.ts';

const vulnerabilities = 10;
const most = limits.findings.value;
const records = [
  ...Array.from({ length: vulnerabilities }, (_, number) => advisory(number + 10, 'linux', rated('low'))),
  advisory(500, 'openssl', rated('critical')),
];
let store: Store;
let estate: Estate;
let explorer: ExplorerService;

beforeAll(async () => {
  store = await createTestStore(estateSchemas);
  estate = await estateOn(store, clock);
  explorer = createExplorer({ store, clock });
  await estate.useDatabase(databaseBuiltAt('2026-11-24T00:00:00.000Z', records));
});

afterAll(async () => {
  await estate.close();
  await store.close();
});

/** Packages of one source, each with all of its vulnerabilities. */
function attack(number: number, packages: number) {
  const source = { name: 'linux', version: '1.0-1' };
  return publicationOf({
    number,
    names: [`attack-${number}:1`],
    packages: Array.from({ length: packages }, (_, at) => ({ ...debianPackage(`linux-${at}`, '1.0-1'), source })),
    scannedAt: '2026-11-24T11:00:00Z',
  });
}

async function bring(publication: ReturnType<typeof attack>): Promise<void> {
  const which = await estate.publish(publication);
  await estate.match(which);
  await estate.judge(which);
  await explorer.refreshSubject(which);
}

async function sums(from: { readonly vulnerabilities: unknown; readonly upgrades: unknown }): Promise<unknown> {
  const database = store.query(explorerSchema);
  return [
    (
      await sql`select * from ${from.vulnerabilities} as made order by vulnerability, environment, suppressed`.execute(
        database,
      )
    ).rows,
    (await sql`select * from ${from.upgrades} as made order by upgrade, environment`.execute(database)).rows,
  ];
}

async function expectSummed(): Promise<void> {
  const kept = await sums({ vulnerabilities: sql`explorer.vulnerability`, upgrades: sql`explorer.upgrade` });
  expect(kept).toEqual(
    await sums({
      vulnerabilities: sql`(${vulnerabilitiesWhere(sql`true`)})`,
      upgrades: sql`(${upgradesWhere(sql`true`)})`,
    }),
  );
}

describe('one image with very many findings', () => {
  test('lists the worst, cannot be judged, and holds nobody up for longer than a step', {
    timeout: 240_000,
  }, async () => {
    await bring(image(1, 'honest:1', ['openssl']));
    await estate.report({
      name: 'host-a',
      environment: 'prod',
      present: [{ subject: subjectOf(2), names: ['attack-2:1'] }],
      containers: [containerOf(1, subjectOf(2))],
    });
    const begun = performance.now();
    let done = false;
    const attacking = bring(attack(2, most / vulnerabilities + 500)).finally(() => (done = true));
    const waits: number[] = [];
    while (!done) {
      const asked = performance.now();
      await store.transaction(async (transaction) => {
        await transaction.lock('explorer sums of vulnerabilities');
        await transaction.lock('explorer sums of upgrades');
      });
      waits.push(performance.now() - asked);
      await pause(20);
    }
    await attacking;
    const took = performance.now() - begun;
    expect(Math.max(...waits)).toBeLessThan(took / 6);
    await expectSummed();
    const [verdict] = await readPlacedVerdicts(store, [subjectOf(2)]);
    expect(verdict).toMatchObject({ kind: 'cannot-judge' });
    expect(verdict?.reason).toContain(String(most));
    const list = await ask(explorer.routes, listImages.path, { query: { search: 'attack-2' }, principal: reader });
    expect(list).toMatchObject({ images: [{ counts: { low: most }, verdict: 'cannot-judge' }] });
  });

  test('does not keep an honest image from being judged and shown', async () => {
    await bring(image(3, 'honest:2', ['openssl']));
    expect(await readPlacedVerdicts(store, [subjectOf(3)])).toMatchObject([{ kind: 'fail' }]);
    expect(
      await ask(explorer.routes, listVulnerabilities.path, { query: { limit: 1 }, principal: reader }),
    ).toMatchObject({
      vulnerabilities: [{ id: 'CVE-2026-1500', images: 2 }],
    });
    await expectSummed();
  });

  test('is summed on where a console ended', { timeout: 120_000 }, async () => {
    const which = await estate.publish(attack(4, 300));
    await estate.match(which);
    // What its refresh leaves when the console ends before it sums.
    const ending: Store = { ...store, transaction: (work) => store.transaction(work) };
    let steps = 0;
    const refreshing = createExplorer({
      store: {
        ...ending,
        transaction: async (work) => {
          if (++steps > 3) throw new Error('The console ends.');
          return await store.transaction(work);
        },
      },
      clock,
    }).refreshSubject(which);
    await expect(refreshing).rejects.toThrow('The console ends.');
    for await (const _ of sumInSteps(store, async (transaction, { after }) => {
      return await sumVulnerabilities(transaction, { after, most: 10 });
    }))
      break;
    for await (const _ of sumInSteps(store, async (transaction, { after }) => {
      return await sumUpgrades(transaction, { after, most: 10 });
    }))
      break;
    const { rows } = await sql<{ left: number }>`select count(*) as left from explorer.vulnerability_delta`.execute(
      store.query(explorerSchema),
    );
    expect(rows[0]?.left).toBeGreaterThan(1_000);
    await createExplorer({ store, clock }).refreshAll();
    await explorer.refreshSubject(which);
    await expectSummed();
  });
});

const reader = { kind: 'user', id: 'ann', name: 'ann', permissions: ['read'] } as const;
