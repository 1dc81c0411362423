import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { explorerSchema } from '../../src/explorer/console/schema.ts';
import { subjectOf } from '../../src/explorer/console/testing.ts';
import { cloneImages } from './clone.ts';
import { copies, databaseAt, imageOf, images, openEstate, now, reportsOf } from './store.ts';

/* Fills the estate of the bench through the product's own steps; `bench/estate.ts` starts it. */
const folder = process.argv[2] ?? '';
const { store, estate, explorer } = await openEstate(folder);
const start = performance.now();
try {
  await estate.useDatabase(databaseAt(now.toISOString()));
  for (const report of reportsOf()) {
    await estate.report(report);
    await explorer.refreshHost({ host: report.name });
  }
  console.error(`hosts told after ${seconds()} s`);
  const numbers = Array.from({ length: images }, (_, number) => number).values();
  const rows = await store.query(explorerSchema).selectFrom('image_row').select('subject').execute();
  const known = new Set(rows.map((row) => row.subject));
  let refreshing = 0;
  await Promise.all(
    [0, 1].map(async () => {
      for (const number of numbers) {
        if (known.has(subjectOf(number))) continue;
        const which = await estate.publish(imageOf(number));
        await estate.match(which);
        const before = performance.now();
        await explorer.refreshSubject(which);
        refreshing += performance.now() - before;
        if (number % 50 === 49)
          console.error(
            `${number + 1} images after ${seconds()} s, refresh ${(refreshing / (number + 1)).toFixed(0)} ms each of two`,
          );
      }
    }),
  );
  for (let number = 0; number < images; number++) {
    await estate.judgeSubject({ subject: subjectOf(number) });
    await explorer.refreshPlacements({ subject: subjectOf(number) });
  }
  console.error(`judged after ${seconds()} s`);
  await cloneImages(store, copies);
  console.error(`copied after ${seconds()} s`);
  await explorer.refreshAll();
  console.error(`summed after ${seconds()} s`);
  // What was told of all that was done here already.
  await sql`delete from store.unclaimed_fact`.execute(store.query(explorerSchema));
  await sql`vacuum analyze`.execute(store.query(explorerSchema));
  await explorer.recordTrend(now);
  writeFileSync(join(folder, 'filled'), '');
} finally {
  await estate.close();
  await store.close();
}

function seconds(): string {
  return ((performance.now() - start) / 1000).toFixed(0);
}
