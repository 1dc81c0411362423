import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogSchema, type ScanOfSubject } from '#catalog/console/index.ts';
import { debianPackage, debianScan, publishTo } from '#catalog/console/testing.ts';
import { type Store, when } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { createVulnerability, vulnerabilitySchema } from '#vulnerability/console/index.ts';
import { curlDatabase } from '#vulnerability/console/testing.ts';
import { directMatcher } from '#vulnerability/index.ts';
import { verdictOutdated } from './facts.ts';
import { policyInForce } from './policies.ts';
import { policySchema } from './schema.ts';
import { createPolicy, type PolicyService } from './service.ts';
import { readVerdict } from './verdicts.ts';

const start = Date.parse('2026-11-24T00:00:00Z');
const hour = 60 * 60_000;

describe('judging', () => {
  let store: Store;
  let now = start;
  const clock = () => new Date(now);
  const open: PolicyService[] = [];

  beforeAll(async () => {
    store = await createTestStore([catalogSchema, vulnerabilitySchema, policySchema]);
  });
  afterAll(async () => {
    for (const service of open) await service.close();
    await store.close();
  });

  async function policyOf(staleFeedDays: number): Promise<PolicyService> {
    const service = await createPolicy({ store, clock, origin: () => 'http://seawall', staleFeedDays });
    open.push(service);
    return service;
  }

  /** A scan matched with a database whose feed is of the start. */
  async function matched(version: string): Promise<ScanOfSubject> {
    const which = await publishTo(store, debianScan([debianPackage('curl', version)], clock()), clock);
    const database = curlDatabase(new Date(start).toISOString(), ['CVE-2026-1']);
    const vulnerability = createVulnerability({ store, clock, matcher: directMatcher(async () => database) });
    await vulnerability.useDatabase('any');
    await vulnerability.matchScan(which);
    return which;
  }

  async function historyOf({ scan }: ScanOfSubject): Promise<readonly (readonly [string, number])[]> {
    const rows = await store
      .query(policySchema)
      .selectFrom('verdict')
      .selectAll()
      .where('scan', '=', scan)
      .orderBy('sequence')
      .execute();
    return rows.map((row) => [row.kind, row.policy_version] as const);
  }

  test('again says the same once, and what feeds grown old make of it besides', async () => {
    now = start;
    const policy = await policyOf(7);
    const which = await matched('8.1');
    await policy.judgeScan(which);
    await policy.judgeScan(which);
    expect(await historyOf(which)).toEqual([['pass', 1]]);
    now = start + 8 * 24 * hour;
    await policy.judgeScan(which);
    expect(await historyOf(which)).toEqual([
      ['pass', 1],
      ['cannot-judge', 1],
    ]);
  });

  test('by a setting that was raised is another version of the policy, and says so', async () => {
    now = start + 8 * 24 * hour;
    const which = await matched('8.0');
    await (await policyOf(7)).judgeScan(which);
    const raised = await policyOf(30);
    await raised.judgeScan(which);
    expect(await historyOf(which)).toEqual([
      ['fail', 1],
      ['fail', 2],
    ]);
    expect((await readVerdict(store, which.scan))?.verdict.reason).toMatch(/feeds may be 30 days old/);
    await policyOf(30);
    expect(await policyInForce(store, 'production')).toMatchObject({ version: 2 });
  });

  test('is asked for again for current scans only, after a day or by a new policy', async () => {
    now = start;
    const policy = await policyOf(7);
    const superseded = await matched('8.0');
    const current = await matched('8.1');
    await policy.judgeScan(superseded);
    await policy.judgeScan(current);
    const asked: ScanOfSubject[] = [];
    const last = Promise.withResolvers<void>();
    await store.start([
      when(verdictOutdated, 'renew-verdict', async (which) => {
        asked.push(which);
        if (which.scan === superseded.scan) last.resolve();
      }),
    ]);
    await policy.renewVerdicts();
    now = start + 25 * hour;
    await policy.renewVerdicts();
    await store.transaction(async (transaction) => await transaction.announce(verdictOutdated, superseded));
    await last.promise;
    expect(asked).toEqual([current, superseded]);
  });
});
