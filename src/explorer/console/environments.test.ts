import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import {
  getApplication,
  getChanges,
  getVulnerabilityTree,
  getImage,
  getOverview,
  getTrend,
  listApplications,
  listFindings,
  listVulnerabilities,
  listImages,
  listPackages,
  listUnscanned,
  listUpgrades,
} from '../contract.ts';
import { createExplorer, type ExplorerService } from './index.ts';
import { advisories, clock, databaseBuiltAt, image } from './sample.testing.ts';
import { ask, containerOf, type Estate, estateOn, estateSchemas, type HostReport, subjectOf } from './testing.ts';

/** The web image runs in prod and lies in dev, the cart image lies in dev, the tools image lies nowhere. */
describe('placements', () => {
  let store: Store;
  let estate: Estate;
  let explorer: ExplorerService;
  const scans: ScanOfSubject[] = [];

  beforeAll(async () => {
    store = await createTestStore(estateSchemas);
    estate = await estateOn(store, clock);
    explorer = createExplorer({ store, clock });
    await estate.useDatabase(databaseBuiltAt('2026-11-24T00:00:00.000Z', advisories));
    await makeCollection('shop-prod', { repositories: ['docker.io/shop/web'] });
    for (const publication of [
      { ...image(3, 'shop/cart:0', ['bash']), scannedAt: '2026-11-24T10:00:00Z' },
      image(1, 'shop/web:1', ['openssl', 'curl', 'zlib_100%']),
      image(2, 'shop/cart:1', ['openssl', 'bash']),
    ]) {
      const which = await estate.publish(publication);
      await estate.match(which);
      scans.push(which);
    }
    await report({ name: 'p1', environment: 'prod', present: [web], containers: [running(1)] });
    await report({ name: 'd1', environment: 'dev', present: [web, cart] });
    for (const which of scans) {
      await estate.judge(which);
      await estate.judgeSubject(which);
      await explorer.refreshPlacements(which);
    }
    await explorer.refreshAll();
  });

  afterAll(async () => {
    await estate.close();
    await store.close();
  });

  const web = { subject: subjectOf(1), names: ['shop/web:1'] };
  const cart = { subject: subjectOf(2), names: ['shop/cart:1'] };
  const running = (number: number) =>
    containerOf(number, subjectOf(1), { labels: { 'com.docker.compose.project': 'shop' } });

  async function report(reported: HostReport): Promise<void> {
    await estate.report(reported);
    await explorer.refreshHost({ host: reported.name });
    for (const number of [1, 2, 3]) await explorer.refreshPlacements({ subject: subjectOf(number) });
  }

  async function makeCollection(id: string, selects: object): Promise<void> {
    await store
      .query(accessSchema)
      .insertInto('collection')
      .values({ id, name: id, description: '', selects: JSON.stringify(selects), environment: null })
      .execute();
  }

  async function vulnerabilities(
    query: object = {},
    principal?: Principal,
  ): Promise<ReplyOf<typeof listVulnerabilities>> {
    return (await ask(explorer.routes, listVulnerabilities.path, { query, ...who(principal) })) as ReplyOf<
      typeof listVulnerabilities
    >;
  }

  async function images(query: object = {}, principal?: Principal): Promise<ReplyOf<typeof listImages>> {
    return (await ask(explorer.routes, listImages.path, { query, ...who(principal) })) as ReplyOf<typeof listImages>;
  }

  async function findings(query: object = {}, principal?: Principal): Promise<ReplyOf<typeof listFindings>> {
    const reply = await ask(explorer.routes, listFindings.path, { query, ...who(principal) });
    return reply as ReplyOf<typeof listFindings>;
  }

  test('lists what lies in each environment, and once what lies in several', async () => {
    const subjects = async (query: object) =>
      (await images({ ...query, sort: 'name' })).images.map((row) => row.names[0]);
    expect(await subjects({ environment: 'prod' })).toEqual(['shop/web:1']);
    expect(await subjects({ environment: 'dev' })).toEqual(['shop/cart:1', 'shop/web:1']);
    expect(await subjects({ environment: 'none' })).toEqual(['shop/cart:0']);
    expect(await subjects({})).toEqual(['shop/cart:0', 'shop/cart:1', 'shop/web:1']);
    expect(await subjects({ running: 'true' })).toEqual(['shop/web:1']);
    expect(await subjects({ running: 'true', environment: 'dev' })).toEqual([]);
    expect(await subjects({ host: 'd1' })).toEqual(['shop/cart:1', 'shop/web:1']);
    expect(await subjects({ application: 'shop' })).toEqual(['shop/web:1']);
    expect(await subjects({ collection: 'shop-prod' })).toEqual(['shop/web:1']);
    expect((await images({ application: 'shop' })).images[0]?.placements).toMatchObject([
      { environment: 'prod', hosts: 1, containers: 1, verdict: 'fail', stale: false },
      { environment: 'dev', hosts: 1, containers: 0, verdict: 'fail' },
    ]);
  });

  test('ranks by where an image runs, and all by where it stands highest', async () => {
    const risk = async (query: object) =>
      (await findings({ ...query, subject: subjectOf(1), vulnerability: 'CVE-2026-1002' })).findings[0]?.finding.risk;
    const [prod, dev, all] = [await risk({ environment: 'prod' }), await risk({ environment: 'dev' }), await risk({})];
    expect(prod?.points).toMatchObject({ environment: 7, spread: 1, use: 6.6, reach: 5.6 });
    expect(dev?.points).toMatchObject({ environment: 0, spread: 0, use: 0, reach: 2.8 });
    expect(all).toEqual(prod);
    const vulnerability = (await vulnerabilities()).vulnerabilities.find((row) => row.id === 'CVE-2026-1002');
    expect(vulnerability).toMatchObject({ risk: prod?.score, points: prod?.points, images: 2 });
    expect(vulnerability?.containers).toEqual([{ environment: 'prod', containers: 1, images: 1 }]);
  });

  test('ranks an environment by what runs there: what only lies on disk is neither counted nor advised about', async () => {
    const overview = async (query: object) =>
      (await ask(explorer.routes, getOverview.path, { query })) as ReplyOf<typeof getOverview>;
    const prod = await overview({ environment: 'prod' });
    const dev = await overview({ environment: 'dev' });
    const total = async (query: object) => (await vulnerabilities(query)).total;
    const sumOf = (counts: object) =>
      Object.entries(counts).reduce((sum, [kind, one]) => sum + (kind === 'suppressed' ? 0 : one), 0);
    expect(sumOf(prod.vulnerabilities)).toBe(await total({ environment: 'prod', running: 'true' }));
    expect(sumOf(prod.vulnerabilities)).toBeGreaterThan(0);
    expect([sumOf(dev.vulnerabilities), sumOf(dev.findings), dev.upgrades]).toEqual([0, 0, []]);
    expect([dev.images, await total({ environment: 'dev' })]).toEqual([2, expect.any(Number)]);
    expect(await total({ environment: 'dev' })).toBeGreaterThan(0);
  });

  test('counts in every part of the estate what the list there holds', async () => {
    for (const scope of [
      {},
      { environment: 'prod' },
      { environment: 'dev' },
      { environment: 'none' },
      { host: 'd1' },
      { application: 'shop' },
      { collection: 'shop-prod' },
      { running: 'false' },
      { host: 'd1', environment: 'dev', inUse: 'false' },
    ]) {
      for (const list of [vulnerabilities, findings]) {
        const all = (await list({ ...scope, limit: '500' })) as {
          total: number;
          counts: Record<string, number>;
          vulnerabilities?: unknown[];
          findings?: unknown[];
        };
        const { suppressed: _suppressed, ...counts } = all.counts;
        const rows = (all.vulnerabilities ?? all.findings ?? []).length;
        expect([scope, all.total, rows]).toEqual([
          scope,
          rows,
          Object.values(counts).reduce((sum, one) => sum + one, 0),
        ]);
      }
      const { environment } = scope as { environment?: string };
      if (Object.keys(scope).length > 1 || environment === undefined) continue;
      const overview = await ask(explorer.routes, getOverview.path, { query: { environment } });
      const ranked = environment === 'none' ? scope : { ...scope, running: 'true' };
      expect(overview).toMatchObject({
        images: (await images(scope)).total,
        findings: (await findings(ranked)).counts,
        vulnerabilities: (await vulnerabilities(ranked)).counts,
      });
    }
  });

  test('follows a container that starts, and a file that it loads', async () => {
    const top = async () =>
      (await vulnerabilities({ environment: 'prod' })).vulnerabilities.find((row) => row.id === 'CVE-2026-1002');
    const before = await top();
    const used = [{ subject: subjectOf(1), files: ['usr/lib/openssl'] }];
    await report({ name: 'p1', environment: 'prod', present: [web], containers: [running(1), running(2)], used });
    const after = await top();
    expect(after).toMatchObject({ inUse: true, points: { use: 12, spread: 1.4 } });
    expect(after?.risk).toBeGreaterThan(before?.risk ?? 100);
    expect(after?.containers).toEqual([{ environment: 'prod', containers: 2, images: 1 }]);
    expect((await vulnerabilities({ inUse: 'true' })).vulnerabilities.map((row) => row.package)).toEqual([
      'openssl',
      'openssl',
    ]);
    await report({ name: 'p1', environment: 'prod', present: [web], containers: [running(1)] });
  });

  test('shows where a vulnerability is', async () => {
    const query = { vulnerability: 'CVE-2026-1002', package: 'openssl', type: 'deb' };
    const tree = (await ask(explorer.routes, getVulnerabilityTree.path, { query })) as ReplyOf<
      typeof getVulnerabilityTree
    >;
    expect(tree).toMatchObject({
      total: 2,
      images: [
        {
          subject: subjectOf(1),
          applications: ['shop', 'shop-prod'],
          total: 1,
          containers: [{ name: 'container-1', host: 'p1', environment: 'prod' }],
          hosts: [
            { host: 'p1', environment: 'prod' },
            { host: 'd1', environment: 'dev' },
          ],
        },
        { subject: subjectOf(2), total: 0, containers: [] },
      ],
    });
  });

  test('shows of one environment its containers and hosts alone', async () => {
    for (const [environment, total, host] of [
      ['prod', 1, 'p1'],
      ['dev', 0, 'd1'],
    ] as const) {
      const query = { vulnerability: 'CVE-2026-1002', package: 'openssl', type: 'deb', environment };
      const tree = await ask(explorer.routes, getVulnerabilityTree.path, { query });
      const { images: all } = tree as ReplyOf<typeof getVulnerabilityTree>;
      const found = all.find(({ subject }) => subject === subjectOf(1));
      expect([found?.total, found?.hosts]).toEqual([total, [{ host, environment }]]);
    }
  });

  test('shows an application with its parts and environments', async () => {
    const { applications } = (await ask(explorer.routes, listApplications.path, {})) as ReplyOf<
      typeof listApplications
    >;
    const row = applications.find((one) => one.name === 'shop');
    expect(row).toMatchObject({ from: 'compose', images: 1, containers: 1, hosts: 2, environments: ['prod', 'dev'] });
    const detail = (await ask(explorer.routes, getApplication.path, { params: { name: 'shop' } })) as ReplyOf<
      typeof getApplication
    >;
    expect(detail.row).toEqual(row);
    expect(detail.parts).toMatchObject([
      {
        repository: 'docker.io/shop/web',
        versions: [
          { environment: 'prod', state: 'running', tags: ['1'] },
          { environment: 'dev', state: 'on-disk' },
        ],
      },
    ]);
  });

  test('tells what changed since the build before', async () => {
    const params = { subject: subjectOf(2) };
    const detail = (await ask(explorer.routes, getImage.path, { params })) as ReplyOf<typeof getImage>;
    expect(detail.previous).toMatchObject({ subject: subjectOf(3) });
    const query = { against: subjectOf(3) };
    const changes = (await ask(explorer.routes, getChanges.path, { params, query })) as ReplyOf<typeof getChanges>;
    expect(changes.findings.added.map((one) => one.id)).toEqual(['CVE-2026-1002', 'CVE-2026-1001']);
    expect([changes.findings.kept, changes.packages.kept]).toEqual([1, 1]);
    expect(changes.packages.added).toEqual([{ name: 'openssl', type: 'deb', version: '1.0-1' }]);
  });

  test('notes the trend once an hour, and today', async () => {
    const at = (hours: number) => new Date(clock().getTime() - hours * 60 * 60_000);
    for (const hours of [80, 79, 3, 3, 1]) await explorer.recordTrend(at(hours));
    const { points } = (await ask(explorer.routes, getTrend.path, {})) as ReplyOf<typeof getTrend>;
    expect(points.map((point) => point.at)).toEqual([79, 3, 1, 0].map((hours) => at(hours).toISOString()));
    expect(points.at(-1)).toMatchObject({ images: 3, containers: 1, impacted: { critical: 2, low: 1 } });
    const overview = (await ask(explorer.routes, getOverview.path, {})) as ReplyOf<typeof getOverview>;
    expect(overview.today).toEqual({ newFindings: 19, goneFindings: 0, newImages: 3 });
    expect(overview.environments.map((row) => [row.environment, row.images, row.containers])).toEqual([
      ['prod', 1, 1],
      ['dev', 2, 0],
    ]);
  });

  test('shows who sees a part of the estate nothing else, wherever he asks', async () => {
    const scoped = viewer(['shop-prod']);
    const hidden = [subjectOf(2), subjectOf(3), 'cart'];
    const params = { subject: subjectOf(1) };
    for (const [endpoint, input] of [
      [listImages, {}],
      [listVulnerabilities, {}],
      [listVulnerabilities, { query: { environment: 'dev' } }],
      [listFindings, {}],
      [listFindings, { query: { search: 'openssl' } }],
      [listFindings, { query: { subject: subjectOf(2) } }],
      [listUpgrades, {}],
      [listApplications, {}],
      [listUnscanned, {}],
      [getOverview, {}],
      [getTrend, {}],
      [getImage, { params }],
      [listPackages, { params }],
      [getApplication, { params: { name: 'shop' } }],
      [getVulnerabilityTree, { query: { vulnerability: 'CVE-2026-1002', package: 'openssl', type: 'deb' } }],
    ] as const) {
      const text = JSON.stringify(await ask(explorer.routes, endpoint.path, { ...input, principal: scoped }));
      for (const word of hidden) expect([endpoint.path, text.includes(word)]).toEqual([endpoint.path, false]);
    }
    for (const [endpoint, input] of [
      [getImage, { params: { subject: subjectOf(2) } }],
      [listPackages, { params: { subject: subjectOf(2) } }],
      [getChanges, { params, query: { against: subjectOf(2) } }],
    ] as const) {
      await expect(ask(explorer.routes, endpoint.path, { ...input, principal: scoped })).rejects.toMatchObject({
        code: 'not-found',
      });
    }
    const overview = (await ask(explorer.routes, getOverview.path, { principal: scoped })) as ReplyOf<
      typeof getOverview
    >;
    expect([overview.images, overview.hosts]).toEqual([1, 2]);
    expect((await vulnerabilities({}, scoped)).vulnerabilities.find((row) => row.id === 'CVE-2026-1002')?.images).toBe(
      1,
    );
    expect((await images({}, viewer([]))).total).toBe(0);
  });

  test('forgets what came from findings that no image holds any more', async () => {
    const which = await estate.publish(image(3, 'shop/cart:0', []));
    await estate.match(which);
    await explorer.refreshSubject(which);
    await explorer.recordTrend(clock());
    expect((await findings({ subject: subjectOf(3) })).total).toBe(0);
    expect((await vulnerabilities({ environment: 'none' })).total).toBe(0);
    const overview = (await ask(explorer.routes, getOverview.path, {})) as ReplyOf<typeof getOverview>;
    expect(overview.today.goneFindings).toBe(1);
  });
});

function who(principal: Principal | undefined): { readonly principal?: Principal } {
  return principal === undefined ? {} : { principal };
}

function viewer(collections: readonly string[]): Principal {
  return { kind: 'user', id: 'scoped', name: 'scoped', permissions: ['read'], collections };
}
