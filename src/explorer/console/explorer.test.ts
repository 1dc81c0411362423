import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReplyOf } from '#http/index.ts';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { severities } from '#vulnerability/contract.ts';
import {
  FindingSort,
  getImage,
  getOverview,
  type listFindings,
  type listVulnerabilities,
  listImages,
  listPackages,
  listUnscanned,
  type SeverityCounts,
} from '../contract.ts';
import { createExplorer, type ExplorerService } from './index.ts';
import { advisories, clock, databaseBuiltAt, image } from './sample.testing.ts';
import { ask, debianPackage, type Estate, estateOn, estateSchemas, subjectOf } from './testing.ts';

describe('the explorer', () => {
  let store: Store;
  let estate: Estate;
  let explorer: ExplorerService;

  beforeAll(async () => {
    store = await createTestStore(estateSchemas);
    estate = await estateOn(store, clock);
    explorer = createExplorer({ store, clock });
    await estate.useDatabase(databaseBuiltAt('2026-11-24T00:00:00.000Z', advisories));
    await show(image(1, 'shop/web:1', ['openssl', 'curl', 'zlib_100%']));
    await show(image(2, 'shop/cart:1', ['openssl', 'bash']));
    await show(image(3, 'tools/clean:1', []));
    const pending = await estate.publish(image(4, 'tools/new:1', ['openssl']));
    await explorer.refreshSubject(pending);
  });

  afterAll(async () => {
    await estate.close();
    await store.close();
  });

  async function show(publication: ReturnType<typeof image>): Promise<ScanOfSubject> {
    const which = await estate.publish(publication);
    await estate.match(which);
    await estate.judge(which);
    await explorer.refreshSubject(which);
    return which;
  }

  async function images(query: object = {}): Promise<ReplyOf<typeof listImages>> {
    return (await ask(explorer.routes, listImages.path, { query })) as ReplyOf<typeof listImages>;
  }

  async function findings(query: object = {}): Promise<ReplyOf<typeof listFindings>> {
    return (await ask(explorer.routes, '/api/v1/findings', { query })) as ReplyOf<typeof listFindings>;
  }

  async function vulnerabilities(query: object = {}): Promise<ReplyOf<typeof listVulnerabilities>> {
    return (await ask(explorer.routes, '/api/v1/vulnerabilities', { query })) as ReplyOf<typeof listVulnerabilities>;
  }

  test('shows each image with its verdict, and one that is not judged as pending with the reason', async () => {
    const { images: rows, totals, total } = await images({ sort: 'name' });
    expect(rows.map((row) => [row.names[0], row.verdict])).toEqual([
      ['shop/cart:1', 'fail'],
      ['shop/web:1', 'fail'],
      ['tools/clean:1', 'pass'],
      ['tools/new:1', undefined],
    ]);
    expect(rows[3]?.reason).toBe('Not matched with a vulnerability database yet.');
    expect([total, totals]).toEqual([4, { pass: 1, fail: 2, cannotJudge: 0, pending: 1 }]);
  });

  test('says of each vulnerability which points its risk is made of', async () => {
    const { vulnerabilities: rows } = await vulnerabilities();
    for (const row of rows) {
      const worst = (await findings({ vulnerability: row.id, package: row.package, type: row.type })).findings[0];
      expect([row.risk, row.points]).toEqual([worst?.finding.risk.score, worst?.finding.risk.points]);
      expect(Object.values(row.points).reduce((sum, one) => sum + one, 0)).toBeCloseTo(row.risk, 6);
    }
  });

  test('has as many rows as each number says', async () => {
    const { totals } = await images();
    for (const [verdict, count] of Object.entries(totals)) {
      const list = await images({ verdict: verdict === 'cannotJudge' ? 'cannot-judge' : verdict });
      expect([list.images.length, list.total]).toEqual([count, count]);
    }
    for (const list of [findings, vulnerabilities]) {
      for (const filter of [{}, { search: 'OpenSSL' }, { fix: 'available' }, { fix: 'none' }, { kev: 'true' }]) {
        await expectCounts(async (query) => await list({ ...filter, ...query }));
      }
    }
    const overview = (await ask(explorer.routes, getOverview.path, {})) as ReplyOf<typeof getOverview>;
    expect(overview.images).toBe((await images()).total);
    expect(overview.verdicts).toEqual(totals);
    expect(overview.findings).toEqual((await findings()).counts);
    expect(overview.vulnerabilities).toEqual((await vulnerabilities()).counts);
    expect(sumOf(overview.vulnerabilities)).toBe(16);
  });

  async function expectCounts(
    list: (
      query: object,
    ) => Promise<{ total: number; counts: SeverityCounts; vulnerabilities?: unknown[]; findings?: unknown[] }>,
  ): Promise<void> {
    const all = await list({});
    const { suppressed, ...bySeverity } = all.counts;
    expect(all.total).toBe(sumOf(all.counts));
    expect((await list({ suppressed: 'true' })).total).toBe(suppressed);
    for (const [severity, count] of Object.entries(bySeverity)) {
      const one = await list({ severity });
      expect([one.total, (one.vulnerabilities ?? one.findings ?? []).length]).toEqual([count, count]);
    }
  }

  test('counts a vulnerability once for all images, and leads to its findings', async () => {
    const { vulnerabilities: rows } = await vulnerabilities();
    const first = rows[0];
    expect(first).toMatchObject({ id: 'CVE-2026-1002', package: 'openssl', kev: true, images: 2, fixed: '2.0-1' });
    for (const row of rows) {
      const list = await findings({ vulnerability: row.id, package: row.package, type: row.type });
      expect(list.total).toBe(row.findings);
      expect(new Set(list.findings.map((found) => found.subject)).size).toBe(row.images);
    }
  });

  test('narrows vulnerabilities to those of which an image got a finding since then', async () => {
    const all = await vulnerabilities({ limit: '500' });
    const seen = all.vulnerabilities.map(({ firstSeenAt }) => Date.parse(firstSeenAt));
    const after = new Date(Math.max(...seen) + 1000).toISOString();
    const from = new Date(Math.min(...seen)).toISOString();
    expect((await vulnerabilities({ since: from })).total).toBe(all.total);
    expect(await vulnerabilities({ since: after })).toMatchObject({ total: 0, vulnerabilities: [] });
    expect((await vulnerabilities({ since: from, search: 'shop/web' })).total).toBe(
      (await vulnerabilities({ search: 'shop/web' })).total,
    );
  });

  test.each(FindingSort.options)('sorts findings of all images by %s, the same set in each order', async (sort) => {
    const risks = await vulnerabilities({ limit: '500' });
    const { vulnerabilities: rows, total } = await vulnerabilities({ sort, limit: '500' });
    expect(total).toBe(risks.total);
    const weight = (row: (typeof rows)[number]): string | number => {
      switch (sort) {
        case 'risk':
          return -row.risk;
        case 'severity':
          return severities.indexOf(row.severity);
        case 'epss':
          return -(row.epss ?? -1);
        case 'images':
          return -row.images;
        case 'name':
          return row.id;
        case 'fixed':
          return row.fixes.length > 0 ? 0 : 1;
      }
    };
    const key = (row: (typeof rows)[number]): string => `${row.id} ${row.package}`;
    // Equal ones stand by risk; sorting is stable.
    const expected = risks.vulnerabilities.toSorted((one, other) =>
      weight(one) < weight(other) ? -1 : Number(weight(one) > weight(other)),
    );
    expect(rows.map(key)).toEqual(expected.map(key));
    const paged = await Promise.all(
      ['0', '5', '10', '15'].map((offset) => vulnerabilities({ sort, offset, limit: '5' })),
    );
    expect(paged.flatMap((page) => page.vulnerabilities.map(key))).toEqual(rows.map(key).slice(0, 20));
  });

  test('neither repeats nor loses a row between pages, though a dozen are of the same weight', async () => {
    for (const list of [
      async (query: object) => (await findings(query)).findings.map((row) => `${row.subject} ${row.finding.id}`),
      async (query: object) => (await vulnerabilities(query)).vulnerabilities.map((row) => `${row.id} ${row.package}`),
      async (query: object) => (await images(query)).images.map((row) => row.subject),
    ]) {
      const whole = await list({ limit: '500' });
      const pages = await Promise.all(whole.map(async (_, offset) => await list({ limit: '1', offset: `${offset}` })));
      expect(pages.flat()).toEqual(whole);
      expect(new Set(whole).size).toBe(whole.length);
    }
  });

  test('searches ids, aliases, packages and image names in any case, and takes % and _ as they are', async () => {
    const found = async (search: string) => [
      (await findings({ search })).total,
      (await vulnerabilities({ search })).total,
    ];
    expect(await found('cve-2026-1003')).toEqual([1, 1]);
    expect(await found('debian-CVE-2026-1003')).toEqual([1, 1]);
    expect(await found('OPENssl')).toEqual([4, 2]);
    expect(await found('SHOP/web')).toEqual([15, 15]);
    expect(await found('b_100%')).toEqual([12, 12]);
    expect(await found('b%1')).toEqual([0, 0]);
    expect(await found('openss_')).toEqual([0, 0]);
    expect(await found('shop\\')).toEqual([0, 0]);
    expect((await images({ search: 'Shop/' })).totals).toMatchObject({ fail: 2, pass: 0 });
  });

  test('shows one image with its layers, upgrades, packages and history', async () => {
    const params = { subject: subjectOf(1) };
    const detail = (await ask(explorer.routes, getImage.path, { params })) as ReplyOf<typeof getImage>;
    expect(detail.upgrades.map((upgrade) => [upgrade.package, upgrade.to, upgrade.removes])).toEqual(
      expect.arrayContaining([['openssl', '2.0-1', 2]]),
    );
    expect(detail.layers.reduce((sum, layer) => sum + sumOf(layer.counts), 0)).toBe(sumOf(detail.row.counts));
    expect(detail.layers.reduce((sum, layer) => sum + layer.packages, 0)).toBe(detail.row.packages);
    expect(detail.scans).toHaveLength(1);
    const list = (await ask(explorer.routes, listPackages.path, { params })) as ReplyOf<typeof listPackages>;
    expect(list.total).toBe(detail.row.packages);
    expect(list.packages.map((row) => row.name)[0]).toBe('openssl');
    for (const row of list.packages) {
      expect((await findings({ ...params, package: row.name })).total).toBe(sumOf(row.counts));
    }
    for (const { index, counts } of detail.layers) {
      expect((await findings({ ...params, layer: `${index}` })).counts).toEqual(counts);
      const [lower, upper] = [
        await findings({ ...params, belowLayer: `${index}` }),
        await findings({ ...params, fromLayer: `${index}` }),
      ];
      expect(lower.total + upper.total).toBe(sumOf(detail.row.counts));
      expect(lower.findings.every(({ finding }) => finding.layer < index)).toBe(true);
      expect(upper.findings.every(({ finding }) => finding.layer >= index)).toBe(true);
    }
    const upgraded = detail.upgrades.find(({ package: name }) => name === 'openssl');
    expect([upgraded?.paths, upgraded?.managers, upgraded?.purl]).toEqual([
      ['var/lib/dpkg/status'],
      [],
      expect.stringMatching(/^pkg:deb\/debian\/openssl@/),
    ]);
  });

  test('says that there is no such image', async () => {
    const params = { subject: subjectOf(99) };
    await expect(ask(explorer.routes, getImage.path, { params })).rejects.toMatchObject({ code: 'not-found' });
    await expect(ask(explorer.routes, listPackages.path, { params })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('adds up over images what one upgrade removes', async () => {
    const overview = (await ask(explorer.routes, getOverview.path, {})) as ReplyOf<typeof getOverview>;
    const [first] = overview.upgrades;
    expect(first).toMatchObject({ package: 'openssl', to: '2.0-1', images: 2, removes: 4, worst: 'critical' });
    expect(first?.share).toBeGreaterThan(0.5);
    expect(overview.upgrades.reduce((sum, upgrade) => sum + upgrade.share, 0)).toBeLessThanOrEqual(1);
    expect(overview.database.state).toBe('ready');
  });

  test('names the hosts that hold an image, and what nobody scanned', async () => {
    await estate.report({
      name: 'host-a',
      present: [
        { subject: subjectOf(1), names: ['local/web:2'] },
        { subject: subjectOf(50), names: ['busy:1'] },
      ],
      unscanned: [{ name: 'broken:1', code: 'target-corrupt', reason: 'A layer is cut off.' }],
    });
    await explorer.refreshHost({ host: 'host-a' });
    for (const number of [1, 50]) await explorer.refreshPlacements({ subject: subjectOf(number) });
    const list = await images({ search: 'LOCAL/web' });
    expect(list.images[0]).toMatchObject({ names: ['local/web:2', 'shop/web:1'], hosts: ['host-a'] });
    const { unscanned } = await images();
    expect(unscanned.targets.map((target) => [target.name, target.code])).toEqual([
      ['broken:1', 'target-corrupt'],
      ['busy:1', 'scan-pending'],
    ]);
    const all = (await ask(explorer.routes, listUnscanned.path, { query: { search: 'CUT off' } })) as ReplyOf<
      typeof listUnscanned
    >;
    expect([unscanned.total, all.total, all.targets.length]).toEqual([2, 1, 1]);
    const whole = (await ask(explorer.routes, listUnscanned.path, { query: { limit: 1 } })) as ReplyOf<
      typeof listUnscanned
    >;
    expect([whole.targets.length, whole.hosts]).toEqual([1, [{ host: 'host-a', failed: 1, waiting: 1 }]]);
    expect(all.hosts).toEqual([{ host: 'host-a', failed: 1, waiting: 0 }]);
    const which = await estate.publish(image(50, 'busy:1', []));
    await explorer.refreshSubject(which);
    expect((await images()).unscanned.total).toBe(1);
  });

  test('shows what the former scan found, whose verdict holds, until the newest is matched', async () => {
    const params = { subject: subjectOf(70) };
    const detailNow = async () => (await ask(explorer.routes, getImage.path, { params })) as ReplyOf<typeof getImage>;
    await show(image(70, 'again:1', ['openssl']));
    expect(await detailNow()).toMatchObject({ row: { verdict: 'fail', counts: { critical: 1 } } });
    const newest = await estate.publish(image(70, 'again:1', ['openssl', 'bash']));
    await explorer.refreshSubject(newest);
    const between = await detailNow();
    expect(between).toMatchObject({ row: { scan: newest.scan, packages: 1, counts: { critical: 1 } } });
    expect([between.row.verdict, between.verdict?.kind]).toEqual(['fail', 'fail']);
    expect(between.scans.map((scan) => scan.verdict)).toEqual([undefined, 'fail']);
    await estate.match(newest);
    await estate.judge(newest);
    await explorer.refreshSubject(newest);
    expect(await detailNow()).toMatchObject({ row: { verdict: 'fail', packages: 2, counts: { critical: 1, low: 1 } } });
  });

  test('finds an image by its build, also after a host reports it', async () => {
    const url = 'https://ci.example/job/shop/job/built/918/';
    await show({ ...image(80, 'built:1', []), job: { name: 'shop/built', url } });
    const found = async (search: string) => (await images({ search })).images.map(({ subject }) => subject);
    for (const search of ['918', '#918', 'shop/built #918', 'SHOP/BUILT'])
      expect(await found(search)).toEqual([subjectOf(80)]);
    await estate.report({ name: 'host-b', present: [{ subject: subjectOf(80), names: ['built:latest'] }] });
    await explorer.refreshPlacements({ subject: subjectOf(80) });
    expect(await found('#918')).toEqual([subjectOf(80)]);
    expect(await found('host-b')).toEqual([subjectOf(80)]);
    expect(await found('#91 8')).toEqual([]);
  });

  test('keeps what a hostile image puts into names', async () => {
    const strange = debianPackage('evil\u2028%_\\', '1.0-1');
    const which = await estate.publish(image(60, 'evil\u202e:1', []));
    await estate.match(which);
    await explorer.refreshSubject(which);
    const withPath = { ...strange, paths: ['a\u0000b', '\ud800'] };
    const again = await estate.publish({
      ...image(60, 'evil:1', []),
      catalog: { ...image(60, 'x', []).catalog, packages: [withPath] },
    });
    await estate.match(again);
    await explorer.refreshSubject(again);
    const params = { subject: subjectOf(60) };
    const list = (await ask(explorer.routes, listPackages.path, { params, query: { search: '%_\\' } })) as ReplyOf<
      typeof listPackages
    >;
    expect(list.packages[0]?.paths).toEqual(['a\uFFFDb', '\uFFFD']);
  });
});

function sumOf(counts: SeverityCounts): number {
  return severities.reduce((sum, severity) => sum + counts[severity], 0);
}
