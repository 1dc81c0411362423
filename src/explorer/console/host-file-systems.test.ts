import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScanPublication } from '#catalog/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { getOverview, listImages, listVulnerabilities } from '../contract.ts';
import { createExplorer, type ExplorerService } from './index.ts';
import { advisories, clock, databaseBuiltAt, image } from './sample.testing.ts';
import { ask, containerOf, type Estate, estateOn, estateSchemas, subjectOf } from './testing.ts';

/** The web image runs on a host of prod, whose own file system was scanned too and has more findings. */
describe('the file system of a host', () => {
  let store: Store;
  let estate: Estate;
  let explorer: ExplorerService;
  const subject = { kind: 'file-system', id: 'host:p1', name: 'p1', path: '/' } as const;

  beforeAll(async () => {
    store = await createTestStore(estateSchemas);
    estate = await estateOn(store, clock);
    explorer = createExplorer({ store, clock });
    await estate.useDatabase(databaseBuiltAt('2026-11-24T00:00:00.000Z', advisories));
    const web = await estate.publish(image(1, 'shop/web:1', ['openssl']));
    const { catalog, ...scan } = image(2, 'p1', ['openssl', 'bash', 'curl']);
    const packages = catalog.packages.map((one) => ({ ...one, layer: 0 }));
    const host = await estate.publish(
      ScanPublication.parse({ ...scan, catalog: { ...catalog, packages }, subject, target: '/' }),
    );
    await estate.report({
      name: 'p1',
      environment: 'prod',
      present: [
        { subject: subjectOf(1), names: ['shop/web:1'] },
        { subject: host.subject, names: ['p1'] },
      ],
      containers: [containerOf(1, subjectOf(1))],
    });
    await explorer.refreshHost({ host: 'p1' });
    for (const which of [web, host]) {
      await estate.match(which);
      await estate.judge(which);
      await estate.judgeSubject(which);
      await explorer.refreshSubject(which);
    }
  });
  afterAll(async () => {
    await estate.close();
    await store.close();
  });

  const images = async (query: object) =>
    (await ask(explorer.routes, listImages.path, { query })) as ReplyOf<typeof listImages>;
  const vulnerabilities = async (query: object) =>
    (await ask(explorer.routes, listVulnerabilities.path, { query })) as ReplyOf<typeof listVulnerabilities>;
  const overview = async (query: object) =>
    (await ask(explorer.routes, getOverview.path, { query })) as ReplyOf<typeof getOverview>;

  test('is no image: it is listed apart, and no number of images counts it', async () => {
    const subjects = async (query: object) =>
      (await images({ sort: 'name', ...query })).images.map((row) => row.subject);
    expect(await subjects({ kind: 'image' })).toEqual([subjectOf(1)]);
    expect(await subjects({ kind: 'file-system' })).toEqual([subject.id]);
    expect((await images({})).total).toBe(2);
    for (const environment of [undefined, 'prod']) {
      const { images: number, verdicts, newest, environments } = await overview({ environment });
      const list = await images({ environment, kind: 'image' });
      expect([number, verdicts]).toEqual([list.total, list.totals]);
      expect([newest.map((row) => row.subject), environments[0]?.images]).toEqual([[subjectOf(1)], 1]);
    }
  });

  test('is ranked by itself, and not among what runs in its environment', async () => {
    const packages = async (query: object) => [
      ...new Set((await vulnerabilities(query)).vulnerabilities.map((row) => row.package)),
    ];
    expect(await packages({ environment: 'prod', running: 'true' })).toEqual(['openssl']);
    expect((await packages({ kind: 'file-system' })).toSorted()).toEqual(['bash', 'curl', 'openssl']);
    expect((await packages({ kind: 'file-system', environment: 'prod' })).length).toBe(3);
    expect(await packages({ kind: 'file-system', environment: 'dev' })).toEqual([]);
    const { vulnerabilities: rows } = await vulnerabilities({ kind: 'image' });
    expect(rows.map((row) => row.images)).toEqual(rows.map(() => 1));
  });
});
