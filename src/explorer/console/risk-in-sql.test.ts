import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { type Finding, riskOf, type RunningContext } from '#vulnerability/index.ts';
import { contexts, facts } from '../testing.ts';
import { findingEntries } from './finding-rows.ts';
import { keepInSteps } from './keep-findings.ts';
import { scoreComponents } from './score-components.ts';
import { explorerSchema } from './schema.ts';
import { saveImageEnvironments } from './save-placements.ts';
import { scoreFindings } from './score.ts';
import { estateSchemas } from './testing.ts';

type Facts = typeof facts extends fc.Arbitrary<infer Value> ? Value : never;

/** Points of rounding: each of twelve factors is kept in hundredths. */
const rounding = 12 * 0.005 + 1e-9;
const names = ['dev', 'prod', 'test'];
const imageCount = 400;
const heldByEach = 4;

let store: Store;
beforeAll(async () => {
  store = await createTestStore(estateSchemas);
});
afterAll(async () => await store.close());

function inputOf({ epss, kev, score, vectors, fix }: Facts, context: RunningContext): Parameters<typeof riskOf>[0] {
  return { epss, kev, severity: 'medium', scores: [score], attackVectors: vectors, fix, context };
}

/** Of a finding over the contexts of an environment; a loaded package is in use where a container runs. */
function highestRisk(of: Facts, contexts: readonly RunningContext[], use: 'loaded' | 'unknown'): number {
  const scores = contexts.map((context) => {
    const runs = (context.containers ?? 0) > 0;
    return riskOf(inputOf(of, use === 'loaded' && runs ? { ...context, use: 'loaded' } : context)).score;
  });
  return Math.max(...scores);
}

function findingOf(of: Facts, number: number): Finding {
  const { points } = riskOf(inputOf(of, {}));
  const rounded = Object.fromEntries(
    Object.entries(points).map(([factor, value]) => [factor, Math.round(value * 100) / 100]),
  );
  const finding: Partial<Finding> = {
    id: `CVE-2026-${number}`,
    aliases: [],
    severity: 'medium',
    package: `p${number % 3}`,
    type: 'deb',
    purl: `pkg:deb/debian/p${number}@1`,
    installed: '1',
    layer: 0,
    ...(of.fix === 'exists' ? { fixed: '2' } : {}),
    matchedBy: { advisory: 'A', ecosystem: 'Debian:13', name: 'p', version: '1', scheme: 'deb', range: 'listed' },
    risk: { score: Object.values(rounded).reduce((sum, one) => sum + one, 0), points: rounded },
    cvss: of.vectors.map((vector) => ({
      source: vector,
      version: '3.1',
      vector: `CVSS:3.1/AV:${vector}/AC:L`,
      score: 5,
    })),
  };
  return finding as Finding;
}

test('PostgreSQL scores findings in more than 1,000 contexts as riskOf does', async () => {
  const pool = fc.sample(facts, 60).map((of, number) => ({ of, finding: findingOf(of, number) }));
  const entries = findingEntries(pool.map(({ finding }) => finding));
  await keepInSteps(store, entries);
  const drawn = fc.sample(fc.array(contexts, { minLength: 1, maxLength: 2 }), imageCount * names.length);
  const images = Array.from({ length: imageCount }, (_, at) => ({
    image: at + 1,
    held: Array.from({ length: heldByEach }, (__, one) => (at * 7 + one * 13) % pool.length),
    environments: names.map((environment, one) => ({ environment, contexts: drawn[at * names.length + one] ?? [] })),
  }));
  expect(images.flatMap(({ environments }) => environments.flatMap((one) => one.contexts)).length).toBeGreaterThan(
    1000,
  );
  // Every second image has seen its first package in use in prod.
  const used = images
    .filter(({ image }) => image % 2 === 0)
    .map(({ image, held: [first = 0] }) => ({ image, environment: 'prod', purl: pool[first]?.finding.purl, layer: 0 }));
  const came = images.map(({ image, held }) => ({ image, keys: held.map((at) => entries[at]?.key ?? '') }));
  await store.transaction(async (transaction) => {
    const database = transaction.query(explorerSchema);
    for (const { image, environments } of images) {
      const none = { hosts: 1, containers: 1, verdict: null, reason: null, judgedAt: null };
      const all = [...environments, { environment: '*', contexts: [] }].map((one) => ({ ...none, ...one }));
      await saveImageEnvironments(transaction, image, all);
    }
    await sql`
      insert into explorer.used_package (image, environment, purl, layer, seen)
      select image, environment, purl, layer, now() from jsonb_to_recordset(${JSON.stringify(used)}::jsonb)
        as t (image int, environment text, purl text, layer int)`.execute(database);
    const scorings = images.flatMap(({ image, environments }) => environments.map((one) => ({ image, ...one })));
    await scoreFindings(transaction, scorings, { came, whole: [] });
    await scoreComponents(transaction, { changed: came, whole: [] });
  });
  const rows = await store.query(explorerSchema).selectFrom('finding_environment').selectAll().execute();
  const stored = new Map(rows.map((row) => [`${row.image} ${row.environment} ${row.key}`, row.risk]));
  const differing: unknown[] = [];
  for (const { image, held, environments } of images) {
    for (const at of held) {
      const { of } = pool[at] ?? { of: undefined };
      if (of === undefined) throw new Error('There is no such finding.');
      const key = entries[at]?.key;
      const risks = environments.map(({ environment, contexts: own }) => {
        const loaded = used.some((one) => one.image === image && one.environment === environment && held[0] === at);
        const expected = highestRisk(of, own, loaded ? 'loaded' : 'unknown');
        const found = stored.get(`${image} ${environment} ${key}`) ?? Number.NaN;
        if (!(Math.abs(found - expected) <= rounding)) differing.push({ image, environment, of, own, found, expected });
        return found;
      });
      if (stored.get(`${image} * ${key}`) !== Math.max(...risks)) differing.push({ image, environment: '*', risks });
    }
  }
  expect(differing.slice(0, 3)).toEqual([]);
}, 120_000);
