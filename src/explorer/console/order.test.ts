import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { allRows } from './all-rows.testing.ts';
import { createExplorer } from './index.ts';
import { advisories, advisory, clock, databaseBuiltAt, image, rated } from './sample.testing.ts';
import { containerOf, estateOn, estateSchemas, subjectOf } from './testing.ts';

/** Steps that follow publications, in any order and repeated, on two images, two scans of one, and two databases. */
describe('whatever order facts arrive in', () => {
  /** Keeps the server for the databases of all runs. */
  let held: Store;
  beforeAll(async () => {
    held = await createTestStore(estateSchemas);
  });
  afterAll(async () => await held.close());

  test('the rows are the same in the end', async () => {
    const expected = await runSteps([]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.shuffledSubarray([...steps], { minLength: 4 }), { maxLength: 4 }),
        async (rounds) => {
          expect(await runSteps(rounds.flat())).toEqual(expected);
        },
      ),
      { numRuns: 12, examples: [[[shownBetween]], [[shownUnused]]] },
    );
  });

  /** Everything is shown before the second database takes a vulnerability away and the second scan changes an image. */
  const shownBetween: readonly Step[] = [
    'publish',
    'publish',
    'database',
    'match',
    'judge',
    'refresh',
    'report',
    'refresh-host',
  ];
  /** A finding is shown before the host tells that its package is in use. */
  const shownUnused: readonly Step[] = ['database', 'publish', 'match', 'refresh', 'judge', 'refresh', 'refresh-host'];
  const steps = ['publish', 'match', 'judge', 'refresh', 'refresh-old', 'database', 'report', 'refresh-host'] as const;
  type Step = (typeof steps)[number];

  async function runSteps(order: readonly Step[]): Promise<unknown> {
    const store = await createTestStore(estateSchemas);
    const estate = await estateOn(store, clock);
    const explorer = createExplorer({ store, clock });
    const todo = [
      image(1, 'a:1', ['openssl']),
      image(2, 'b:1', ['openssl', 'bash']),
      image(1, 'a:2', ['openssl', 'curl']),
    ];
    const published: ScanOfSubject[] = [];
    const databases = [
      databaseBuiltAt('2026-11-24T00:00:00.000Z', advisories),
      databaseBuiltAt('2026-11-24T06:00:00.000Z', [...advisories.slice(1), advisory(9, 'curl', rated('critical'))]),
    ];
    const run = async (step: Step): Promise<void> => {
      switch (step) {
        case 'publish': {
          const next = todo.shift();
          if (next !== undefined) published.push(await estate.publish(next));
          return;
        }
        case 'match':
          for (const which of published.toReversed()) await estate.match(which);
          return;
        case 'judge':
          for (const which of published) await estate.judge(which);
          return;
        case 'refresh':
          await Promise.all(published.map(async (which) => await explorer.refreshSubject(which)));
          return;
        case 'refresh-old':
          await explorer.refreshSubject(published[0] ?? { subject: subjectOf(7) });
          return;
        case 'database': {
          const next = databases.shift();
          if (next !== undefined) await estate.useDatabase(next);
          return;
        }
        case 'report':
          return await estate.report({
            name: 'host-a',
            present: [{ subject: subjectOf(1), names: ['here:1'] }],
            containers: [containerOf(1, subjectOf(1))],
            used: [{ subject: subjectOf(1), files: ['usr/lib/openssl'] }],
            environment: 'prod',
          });
        case 'refresh-host':
          await explorer.refreshHost({ host: 'host-a' });
          return await explorer.refreshPlacements({ subject: subjectOf(1) });
      }
    };
    for (const step of order) await run(step);
    while (todo.length > 0) await run('publish');
    while (databases.length > 0) await run('database');
    for (const step of ['report', 'match', 'judge', 'refresh', 'refresh-host'] as const) await run(step);
    const rows = await allRows(store);
    await estate.close();
    await store.close();
    return rows;
  }
});
