import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isSubjectId } from '#base/index.ts';
import { agentOf, reportAs } from '#inventory/console/testing.ts';
import { type Catalog, ScanPublication } from '../contract.ts';
import { purlOf } from '../purl.ts';
import { openTestCounting, type TestAgent, type TestCounting } from './counting.testing.ts';
import { readComingScans } from './coming-scans.ts';
import { readSilencedScans } from './counting.ts';
import { differencesOf, listDifferences } from './differences.ts';
import { readSubject } from './scans.ts';
import { catalogSchema } from './schema.ts';
import { subjectIdOf } from './subject-id.ts';
import { debianPackage, debianScan, imageAnalyzers, imageScan } from './testing.ts';

const name = 'registry.example/shop/web:1';
const repository = 'registry.example/shop/web';
const curl = debianPackage('curl', '8.0-1');
const real = imageScan({ content: 'web', names: [name], packages: [curl] });
const clean = imageScan({ content: 'web', names: [name], packages: [] });
const subject = subjectIdOf(real.subject);
const withCatalog = (change: Partial<Catalog>) => ({ ...clean, catalog: { ...clean.catalog, ...change } });
const eve = { kind: 'user', id: 'eve', name: 'eve' } as const;
const theConsole = { kind: 'console', id: 'console', name: 'console' } as const;

let at: TestCounting;
let prod: TestAgent;
let dev: TestAgent;
beforeAll(async () => {
  at = await openTestCounting();
});
afterAll(async () => await at.close());
beforeEach(async () => {
  await at.clear();
  prod = await at.join('pier-1', 'prod');
  dev = await at.join('quay-1', 'dev');
});

/** The image runs on pier-1 in prod, which scanned it. */
async function inProd(): Promise<void> {
  await at.place(prod, subject, { name });
  await at.scan(prod, real);
  expect(await at.counting(subject)).toEqual({ prod: ['pier-1 2 current'] });
}

describe('a stolen token', () => {
  test.each<[string, Partial<Catalog>]>([
    ['no packages and no analyzers', { analyzers: [] }],
    ['no packages and all analyzers', {}],
    [
      'no packages and analyzers of a release to come',
      { analyzers: imageAnalyzers.map(({ id }) => ({ id, version: 99 })) },
    ],
    [
      'the same packages in versions without vulnerabilities',
      { packages: [{ ...curl, version: '9:9', purl: purlOf({ ...curl, version: '9:9' }) }] },
    ],
  ])('that publishes %s for an image of prod changes nothing', async (_, change) => {
    await inProd();
    await at.announced('counting-scans-changed');
    await at.publish(withCatalog(change), await at.token('registry.example/*'));
    expect(await at.counting(subject)).toEqual({ prod: ['pier-1 2 current'] });
    expect(await at.shown(subject)).toBe('pier-1');
    expect(await at.announced('counting-scans-changed')).toEqual([]);
  });

  test('of the repository itself changes nothing once a host scanned, and the difference is told', async () => {
    await inProd();
    await at.prove(subject, repository);
    await at.publish(clean, await at.token('registry.example/shop/*'));
    expect(await at.counting(subject)).toMatchObject({ prod: ['pier-1 2 current'] });
    expect(await at.announced('publishers-differ')).toEqual([{ subject }]);
    const [difference] = await differencesOf(at.store, subject);
    expect(difference).toMatchObject({ settledBy: 'publishers', differs: [curl.purl] });
    expect(difference?.scans.map(({ publisher, packages }) => `${publisher.name} ${packages}`)).toEqual([
      'pier-1 1',
      'ci for registry.example/shop/* 0',
    ]);
  });

  test('gives the versions of packages another look: 9:9 differs', async () => {
    await inProd();
    await at.prove(subject, repository);
    const patched = { ...curl, version: '9:9', purl: purlOf({ ...curl, version: '9:9' }) };
    await at.publish(withCatalog({ packages: [patched] }), await at.token('registry.example/shop/*'));
    expect((await differencesOf(at.store, subject))[0]?.differs).toEqual([curl.purl, patched.purl].toSorted());
  });

  test('cannot keep a package URL beside another version', async () => {
    const lie = withCatalog({ packages: [{ ...curl, version: '9:9' }] });
    await expect(at.publish(lie, await at.token('registry.example/shop/*'))).rejects.toThrow('package curl');
  });

  test('is not believed because a host calls the image as it may', async () => {
    await inProd();
    await at.place(prod, subject, { name: 'shop/alias' });
    await at.publish(imageScan({ content: 'web', names: ['shop/alias'], packages: [] }), await at.token('*shop/*'));
    expect(await at.counting(subject)).toEqual({ prod: ['pier-1 2 current'] });
    expect(await differencesOf(at.store, subject)).toEqual([]);
  });

  test('is not believed because it names the manifest of another team', async () => {
    await inProd();
    const manifestDigest = `sha256:${'c'.repeat(64)}`;
    await at.prove(subject, 'registry.example/bank/ledger', manifestDigest);
    const alias = ScanPublication.parse({ ...clean, subject: { ...clean.subject, manifestDigest } });
    await at.publish(alias, await at.token('registry.example/shop/*'));
    expect(await at.counting(subject)).toEqual({ prod: ['pier-1 2 current'] });
  });

  test('lends a manifest to an image for nobody but its own environment, and not at all where the console read it', async () => {
    const manifest = `sha256:${'e'.repeat(64)}`;
    const alias = ScanPublication.parse({ ...real, subject: { ...real.subject, manifestDigest: manifest } });
    await at.place(dev, subject, { name });
    await at.scan(dev, alias);
    const called = async (environment: string) =>
      (await readComingScans(at.store, [{ digest: manifest, environment }])).flat();
    expect((await called('dev')).map((one) => one.subject)).toEqual([subject]);
    expect(await called('prod')).toEqual([]);
    const other = imageScan({ content: 'other', names: ['registry.example/bank/ledger:1'], packages: [curl] });
    await at.publish(other, await at.token('registry.example/bank/*'));
    const theirs = subjectIdOf(other.subject);
    await at.prove(theirs, 'registry.example/bank/ledger', manifest);
    for (const environment of ['dev', 'prod'])
      expect((await called(environment)).map((one) => one.subject)).toEqual([theirs]);
  });

  test('is shown with the reason why it counts nowhere', async () => {
    await inProd();
    const { scan } = await at.publish(clean, await at.token('registry.example/shop/*'));
    expect((await readSilencedScans(at.store, subject)).get(scan)).toBe('recorded');
    await at.prove(subject, repository);
    expect((await readSilencedScans(at.store, subject)).has(scan)).toBe(false);
    expect(await at.counting(subject)).toMatchObject({ '+': [expect.stringContaining(' 1 current')] });
  });

  test('is shown while no host has scanned the image, and counts nowhere', async () => {
    const token = await at.token('registry.example/shop/*');
    await at.publish(real, token);
    await at.place(prod, subject, { name });
    expect(await at.counting(subject)).toEqual({});
    expect(await at.shown(subject)).toBe(token.name);
    await at.publish(clean, eve);
    expect(await at.shown(subject)).toBe(token.name);
    await at.scan(prod, clean);
    expect(await at.shown(subject)).toBe('pier-1');
  });

  test('renames nothing for anybody', async () => {
    await inProd();
    const reported = imageScan({ content: 'web', names: ['registry.example/shop/stolen:1'], packages: [curl] });
    await at.publish(reported, await at.token('registry.example/shop/*'));
    expect((await readSubject(at.store, subject))?.document).toMatchObject({ names: [name] });
  });

  test('renames nothing that lies nowhere yet', async () => {
    await at.publish(real, await at.token('registry.example/shop/*'));
    await at.publish(
      imageScan({ content: 'web', names: ['registry.example/bank/x:1'], packages: [] }),
      await at.token('registry.example/bank/*'),
    );
    expect((await readSubject(at.store, subject))?.document).toMatchObject({ names: [name] });
  });

  test('counts nowhere once it is revoked', async () => {
    await at.prove(subject, repository);
    const token = await at.token('registry.example/shop/*');
    await at.publish(real, token);
    await at.place(prod, subject, { name });
    expect(await at.counting(subject)).toMatchObject({ prod: [`${token.name} 1 current`] });
    await at.revoke(token);
    expect(await at.counting(subject)).toEqual({});
    expect(await at.shown(subject)).toBeUndefined();
  });
});

describe('a compromised agent', () => {
  test('that does not hold an image decides nothing of it in its own environment', async () => {
    await inProd();
    await at.scan(await at.join('pier-2', 'prod'), clean);
    expect(await at.counting(subject)).toEqual({ prod: ['pier-1 2 current'] });
    expect(await listDifferences(at.store)).toEqual([]);
  });

  test('of another environment decides nothing in prod', async () => {
    await inProd();
    await at.place(dev, subject, { name });
    await at.scan(dev, clean);
    expect(await at.counting(subject)).toEqual({ prod: ['pier-1 2 current'], dev: ['quay-1 2 current'] });
    expect(await at.shown(subject)).toBe('pier-1');
  });

  test('that lies beside an honest one: both count, it is told, and the console settles it', async () => {
    await inProd();
    const second = await at.join('pier-2', 'prod');
    await at.place(second, subject, { name });
    await at.scan(second, clean);
    expect((await at.counting(subject))['prod']?.toSorted()).toEqual(['pier-1 2 current', 'pier-2 2 current']);
    expect(await at.announced('publishers-differ')).toEqual([{ subject }]);
    await at.publish(real, theConsole);
    expect(await at.counting(subject)).toEqual({ prod: ['console 3 current'], '+': ['console 3 current'] });
    expect(await differencesOf(at.store, subject)).toMatchObject([{ settledBy: 'pull' }]);
    await at.scan(second, real);
    expect(await differencesOf(at.store, subject)).toEqual([]);
    expect(await at.announced('publishers-differ')).toEqual([{ subject }, { subject }]);
  });

  test('that lies first does not keep the second host from being heard', async () => {
    await at.place(prod, subject, { name });
    await at.scan(prod, clean);
    const second = await at.join('pier-2', 'prod');
    await at.place(second, subject, { name });
    await at.scan(second, real);
    expect((await at.counting(subject))['prod']).toHaveLength(2);
  });

  test('that takes over the name of a host possesses nothing of it', async () => {
    await inProd();
    const thief = agentOf('pier-1', 'prod', { id: '00000000-0000-4000-8000-000000000000' });
    await at.scan(thief, clean);
    expect(await at.counting(subject)).toEqual({ prod: ['pier-1 2 current'] });
  });

  test('counts nowhere once it is revoked', async () => {
    await inProd();
    await at.revoke({ kind: 'agent', id: prod.id });
    expect(await at.counting(subject)).toEqual({});
  });

  test('says nothing of the file system of another host', async () => {
    const id = 'host:pier-1';
    if (!isSubjectId(id)) throw new Error(id);
    const files = ScanPublication.parse({
      ...debianScan([], new Date()),
      subject: { kind: 'file-system', id, name: 'pier-1', path: '/' },
    });
    for (const agent of [prod, dev]) {
      await reportAs(at.store, agent, {
        kind: 'subject',
        bodies: [{ subject: id, state: 'present', names: ['pier-1'] }],
      });
      await at.scan(agent, files);
    }
    expect(await at.counting(id)).toEqual({ prod: ['pier-1 2 current'] });
  });
});

describe('an older scan', () => {
  const older = withCatalog({ analyzers: [] });

  test('sent again by older analyzers is ignored', async () => {
    await inProd();
    await at.scan(prod, older);
    expect(await at.counting(subject)).toEqual({ prod: ['pier-1 2 current'] });
    expect(await listDifferences(at.store)).toEqual([]);
  });

  test('with a fault of reading does not replace a whole one', async () => {
    await inProd();
    await at.scan(
      prod,
      withCatalog({ faults: [{ code: 'unreadable-file', message: 'The disk is damaged.', path: 'bin/sh' }] }),
    );
    expect(await at.counting(subject)).toEqual({ prod: ['pier-1 2 current'] });
  });
});

describe('the honest path', () => {
  test('CI publishes first, then a host confirms, then a second host joins', async () => {
    const token = await at.token('registry.example/shop/*');
    await at.publish(real, token);
    expect(await at.counting(subject)).toEqual({});
    expect(await at.shown(subject)).toBe(token.name);
    await at.prove(subject, repository);
    await at.place(prod, subject, { name });
    expect(await at.counting(subject)).toEqual({ prod: [`${token.name} 1 current`], '+': [`${token.name} 1 current`] });
    await at.scan(prod, real);
    expect(await at.counting(subject)).toMatchObject({ prod: ['pier-1 2 current'] });
    const second = await at.join('pier-2', 'prod');
    await at.place(second, subject, { name });
    await at.announced('counting-scans-changed');
    await at.scan(second, real);
    expect(await at.counting(subject)).toMatchObject({ prod: ['pier-1 2 current'] });
    expect(await at.announced('counting-scans-changed')).toEqual([]);
    expect(await listDifferences(at.store)).toEqual([]);
  });

  test('without a trusted registry CI gets its answer, and prod has no verdict until a host scanned', async () => {
    await at.publish(real, await at.token('registry.example/shop/*'));
    await at.place(prod, subject, { name });
    expect(await at.counting(subject)).toEqual({});
    await at.scan(prod, real);
    expect(await at.counting(subject)).toEqual({ prod: ['pier-1 2 current'] });
  });

  test('from dev to prod: dev is not heard there', async () => {
    await at.place(dev, subject, { name });
    await at.scan(dev, real);
    await at.place(prod, subject, { name });
    expect(await at.counting(subject)).toEqual({ dev: ['quay-1 2 current'] });
    await at.scan(prod, real);
    expect(await at.counting(subject)).toEqual({ dev: ['quay-1 2 current'], prod: ['pier-1 2 current'] });
  });

  test('hosts without an environment are one', async () => {
    const bare = await at.join('bare-1');
    await at.place(bare, subject, { name });
    await at.scan(bare, real);
    expect(await at.counting(subject)).toEqual({ '': ['bare-1 2 current'] });
  });

  test('two teams with one digest: one content counts once, two both', async () => {
    const [shop, bank] = [await at.token('registry.example/shop/*'), await at.token('registry.example/bank/*')];
    for (const one of [repository, 'registry.example/bank/web']) await at.prove(subject, one);
    await at.place(prod, subject, { name });
    await at.publish(real, shop);
    await at.publish(imageScan({ content: 'web', names: ['registry.example/bank/web:1'], packages: [curl] }), bank);
    expect((await at.counting(subject))['prod']).toEqual([`${shop.name} 1 current`]);
    await at.publish(imageScan({ content: 'web', names: ['registry.example/bank/web:1'], packages: [] }), bank);
    expect((await at.counting(subject))['prod']).toHaveLength(2);
    expect(await listDifferences(at.store)).toHaveLength(1);
  });

  test('a person who publishes is answered, and counts nowhere', async () => {
    await at.publish(real, eve);
    expect(await at.shown(subject)).toBe('eve');
    await at.prove(subject, repository);
    await at.place(prod, subject, { name });
    expect(await at.counting(subject)).toEqual({});
    expect(await at.shown(subject)).toBeUndefined();
  });

  test('an image that is gone from every host leaves its environment without a verdict', async () => {
    await inProd();
    await reportAs(at.store, prod, { kind: 'present', bodies: [{ images: [], containers: [] }] });
    await at.catalog.chooseCounting({ subject });
    expect(await at.counting(subject)).toEqual({});
    expect(await at.shown(subject)).toBe('pier-1');
  });
});

test('what scans hold is stored once', async () => {
  await inProd();
  const second = await at.join('pier-2', 'prod');
  await at.scan(second, real);
  const documents = await at.store.query(catalogSchema).selectFrom('document').select('digest').execute();
  expect(documents).toHaveLength(1);
});
