import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import { readVerdicts } from '#policy/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { readMatch } from '#vulnerability/console/index.ts';
import { allRows } from './all-rows.testing.ts';
import { createExplorer, type ExplorerService } from './index.ts';
import { advisories, advisory, clock, databaseBuiltAt, image, rated } from './sample.testing.ts';
import { explorerSchema } from './schema.ts';
import { containerOf, type Estate, estateOn, estateSchemas, subjectOf } from './testing.ts';

const pool = [
  ...advisories,
  advisory(20, 'openssl', rated('critical')),
  advisory(21, 'bash', rated('high')),
  advisory(22, 'curl'),
  advisory(23, 'curl', { ...rated('low'), ranges: [{ introduced: '0' }] }),
  // The same advisory, rated and fixed otherwise.
  advisory(2, 'openssl', { ...rated('critical'), ranges: [{ introduced: '0', fixed: '3.0-1' }] }),
  advisory(4, 'bash', { ...rated('low'), ranges: [{ introduced: '0', fixed: '0.5-1' }] }),
];
/** Ties of score, whose order a reason shows. */
const ties = [
  [21, 5, 13],
  [9, 14, 11, 5, 10, 3, 1, 4, 19, 17],
];
const held = [['openssl', 'bash'], ['openssl', 'curl', 'zlib_100%'], ['curl', 'bash', 'openssl'], ['bash']];

describe('what follows a database by differences', () => {
  /** Keeps the server for the databases of all runs. */
  let server: Store;
  let differences = 0;
  beforeAll(async () => {
    server = await createTestStore(estateSchemas);
  });
  afterAll(async () => await server.close());

  test('is what is made from the start with the last one', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(fc.nat(pool.length - 1)), { minLength: 2, maxLength: 5 }),
        async (rounds) => {
          expect(await runWith(rounds)).toEqual(await runWith(rounds.slice(-1)));
        },
      ),
      { numRuns: 5, endOnFailure: true, examples: [[ties]] },
    );
    expect(differences).toBeGreaterThan(0);
  });

  async function runWith(rounds: readonly (readonly number[])[]): Promise<unknown> {
    const store = await createTestStore(estateSchemas);
    const estate = await estateOn(store, clock);
    const explorer = createExplorer({ store, clock });
    const which = await publishAll(estate);
    for (const [number, chosen] of rounds.entries()) {
      // The last is the same for all who end with it; at first everything is made from the start.
      const builtAt = `2026-11-24T0${number - rounds.length + 9}:00:00.000Z`;
      await estate.useDatabase(databaseBuiltAt(builtAt, recordsOf(chosen)));
      if (number === 0) await makeAll({ estate, explorer }, which);
      else await followAll({ estate, explorer }, which);
    }
    const { rows } = await sql`select from vulnerability.match_change`.execute(store.query(explorerSchema));
    differences += rows.length;
    const documents = [];
    for (const { scan, subject } of which) {
      const { findings, faults, feeds } = (await readMatch(store, scan)) ?? {};
      const verdicts = (await readVerdicts(store, subject)).map(({ environment, verdict }) => ({
        environment,
        verdict,
      }));
      documents.push({ subject, findings, faults, feeds, verdicts });
    }
    const all = { documents, rows: await allRows(store) };
    await estate.close();
    await store.close();
    return all;
  }
});

function recordsOf(chosen: readonly number[]) {
  const records = chosen.toSorted((a, b) => a - b).flatMap((at) => pool[at] ?? []);
  return [...new Map(records.map((record) => [record.advisory, record])).values()];
}

async function publishAll(estate: Estate): Promise<readonly ScanOfSubject[]> {
  const which: ScanOfSubject[] = [];
  for (const [number, packages] of held.entries())
    which.push(await estate.publish(image(number, `app-${number}:1`, packages)));
  await estate.report({
    name: 'host-a',
    environment: 'prod',
    present: [0, 1].map((number) => ({ subject: subjectOf(number), names: [`app-${number}:1`] })),
    containers: [containerOf(1, subjectOf(1), { privileged: true }), containerOf(2, subjectOf(1))],
    used: [{ subject: subjectOf(1), files: ['usr/lib/openssl'] }],
  });
  await estate.report({
    name: 'host-b',
    environment: 'dev',
    present: [1, 2].map((number) => ({ subject: subjectOf(number), names: [`app-${number}:1`] })),
    containers: [containerOf(3, subjectOf(2))],
  });
  return which;
}

interface Services {
  readonly estate: Estate;
  readonly explorer: ExplorerService;
}

async function makeAll({ estate, explorer }: Services, which: readonly ScanOfSubject[]): Promise<void> {
  for (const one of which) {
    await estate.match(one);
    await estate.judgeSubject(one);
    await explorer.refreshSubject(one);
  }
}

async function followAll({ estate, explorer }: Services, which: readonly ScanOfSubject[]): Promise<void> {
  await estate.renew(which);
  await Promise.all([estate.judgeMatches(which), explorer.refreshFindings(which)]);
  await explorer.refreshVerdicts(which);
}
