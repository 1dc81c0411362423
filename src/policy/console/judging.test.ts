import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { catalogSchema, type ScanOfSubject } from '#catalog/console/index.ts';
import { debianPackage, debianScan, publishTo } from '#catalog/console/testing.ts';
import { complianceSchema } from '#compliance/console/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { type Store, when } from '#store/index.ts';
import { linkSchema } from '#link/console/index.ts';
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
    store = await createTestStore([
      accessSchema,
      linkSchema,
      inventorySchema,
      catalogSchema,
      vulnerabilitySchema,
      complianceSchema,
      policySchema,
    ]);
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
    const which = await publishTo(store, debianScan([debianPackage('curl', version)], clock()), { clock });
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

  test('is made again for current scans only, after a day; one that was never judged is asked for', async () => {
    now = start;
    const policy = await policyOf(7);
    const superseded = await matched('8.0');
    await policy.judgeScan(superseded);
    const current = await matched('8.1');
    await policy.judgeScan(current);
    const unjudged = await matched('8.0.1');
    const asked: ScanOfSubject[] = [];
    const first = Promise.withResolvers<void>();
    await store.start([
      when(verdictOutdated, 'renew-verdict', async (which) => {
        asked.push(which);
        first.resolve();
      }),
    ]);
    await policy.renewVerdicts();
    await first.promise;
    expect(asked).toEqual([unjudged]);
    now = start + 25 * hour;
    await policy.renewVerdicts();
    expect((await judgedAt(current))?.getTime()).toBe(now);
    expect((await judgedAt(superseded))?.getTime()).toBe(start);
  });

  async function judgedAt({ scan }: ScanOfSubject): Promise<Date | undefined> {
    const rows = await store.query(policySchema).selectFrom('judging').selectAll().where('scan', '=', scan).execute();
    return rows[0]?.judged_at;
  }
});
