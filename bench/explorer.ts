import { createExplorer } from '../src/explorer/console/index.ts';
import {
  ask,
  databaseOf,
  debianPackage,
  estateOn,
  estateSchemas,
  publicationOf,
  subjectOf,
} from '../src/explorer/console/testing.ts';
import { explorerSchema } from '../src/explorer/console/schema.ts';
import type { ExplorerTables } from '../src/explorer/console/tables.ts';
import { createTestStore } from '../src/store/testing.ts';
import { type Kysely, sql } from 'kysely';

/*
 * 300 images of 100 packages each, drawn from 3,000 packages with 10 flaws each: 300,000 findings, published, matched
 * and kept as in the product. Pages are then asked through the explorer's own routes. The peer of a page is the same
 * answer worked out from the findings when it is asked.
 */
const images = Number(process.argv[2] ?? 300);
const packagesOfImage = 100;
const packagesOfAll = 3_000;
const flawsOfPackage = 10;

const now = new Date('2026-11-24T12:00:00Z');
const store = await createTestStore(estateSchemas);
const estate = await estateOn(store, () => now);
const explorer = createExplorer({ store, clock: () => now });
const random = randomFrom(1);

try {
  await fill();
  await measurePages();
} finally {
  await estate.close();
  await store.close();
}

async function fill(): Promise<void> {
  await estate.useDatabase(databaseOf(advisories(), { nameOf, builtAt: now.toISOString(), cve: factsOf }));
  let refreshing = 0;
  let slowest = 0;
  for (let number = 0; number < images; number++) {
    const which = await estate.publish(imageOf(number));
    await estate.match(which);
    await estate.judge(which);
    const took = await milliseconds(() => explorer.refreshSubject(which));
    refreshing += took;
    slowest = Math.max(slowest, took);
    if (number % 50 === 49) console.error(`${number + 1} images, ${(refreshing / (number + 1)).toFixed(0)} ms each`);
  }
  const again = await milliseconds(() => explorer.refreshSubject(publicationId(0)));
  await sql`vacuum analyze`.execute(database());
  const mean = refreshing / images;
  print('explorer-refresh-new', mean, again);
  console.error(`slowest refresh ${slowest.toFixed(0)} ms`);
}

async function measurePages(): Promise<void> {
  const grouped = await median(() =>
    sql`select id, package, type, min(severity), max(risk) as risk, count(distinct subject) from explorer.finding_row
      where not suppressed group by id, package, type order by risk desc limit 100`.execute(database()),
  );
  const counted = await median(() =>
    sql`select severity, count(*) from explorer.finding_row where search like '%cve-2020%' group by severity`.execute(
      database(),
    ),
  );
  const pages: readonly (readonly [name: string, path: string, query: object, peer: number])[] = [
    ['flaws', '/api/v1/flaws', {}, grouped],
    ['flaws-last-page', '/api/v1/flaws', { offset: '29000' }, grouped],
    ['flaws-search', '/api/v1/flaws', { search: 'cve-2020-77' }, grouped],
    ['flaws-search-image', '/api/v1/flaws', { search: 'team-3' }, grouped],
    ['findings', '/api/v1/findings', {}, counted],
    ['findings-page-1000', '/api/v1/findings', { offset: '100000' }, counted],
    ['findings-search', '/api/v1/findings', { search: 'CVE-2020-77' }, counted],
    ['findings-search-image', '/api/v1/findings', { search: 'team-3' }, counted],
    ['findings-high-fixed', '/api/v1/findings', { severity: 'high', fix: 'available' }, counted],
    ['images', '/api/v1/images', {}, grouped],
    ['overview', '/api/v1/overview', {}, grouped],
  ];
  for (const [name, path, query, peer] of pages) {
    print(`explorer-${name}`, await median(() => ask(explorer.routes, path, { query })), peer);
  }
}

function print(name: string, ours: number, peer: number): void {
  console.log(`${name} ours=${ours.toFixed(1)}ms peer=${peer.toFixed(1)}ms ratio=${(ours / peer).toFixed(2)}`);
}

function database(): Kysely<ExplorerTables> {
  return store.query(explorerSchema);
}

async function median(work: () => Promise<unknown>): Promise<number> {
  await work();
  const times: number[] = [];
  for (let run = 0; run < 9; run++) times.push(await milliseconds(work));
  return times.toSorted((left, right) => left - right)[4] ?? Number.NaN;
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function advisories() {
  return Array.from({ length: packagesOfAll * flawsOfPackage }, (_, number) => ({
    advisory: `DEBIAN-CVE-2020-${number}`,
    aliases: [`CVE-2020-${number}`, `GHSA-${number}`],
    ranges: [{ introduced: '0', ...(random() < 0.6 ? { fixed: '2.0-1' } : {}) }],
    versions: [],
    cvss: [],
    ...(random() < 0.3
      ? {
          severity: {
            source: 'debian',
            severity: (['critical', 'high', 'medium', 'low'] as const)[number % 4] ?? 'low',
          },
        }
      : {}),
    summary: `Flaw ${number} lets an attacker do what this sentence of usual length is about, in package ${nameOfNumber(number)}.`,
  }));
}

function factsOf(id: string) {
  const number = Number(id.split('-')[2] ?? 0);
  const score = ((number * 7919) % 1000) / 2000;
  return number % 5 === 0 ? { cvss: [] } : { cvss: [], epss: { score, percentile: score } };
}

function nameOf(advisory: { readonly advisory: string }): string {
  return nameOfNumber(Number(advisory.advisory.split('-')[3]));
}

function nameOfNumber(flaw: number): string {
  return `package-${Math.floor(flaw / flawsOfPackage)}`;
}

function imageOf(number: number) {
  const chosen = new Set<number>();
  while (chosen.size < packagesOfImage) chosen.add(Math.floor(random() ** 2 * packagesOfAll));
  return publicationOf({
    number,
    names: [`registry.example.org/team-${number % 20}/app-${number}:1.0`],
    packages: [...chosen].map((one) => debianPackage(`package-${one}`, '1.0-1', one % 2)),
    scannedAt: now.toISOString(),
  });
}

function publicationId(number: number) {
  return { subject: subjectOf(number) };
}

/** Mulberry32: the same numbers each time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
