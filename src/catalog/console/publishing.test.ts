import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SubjectId } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import { answerOf } from '#http/console/testing.ts';
import {
  type Catalog,
  listLackingDocuments,
  listDependentImages,
  listWantedScans,
  publishScan,
  type SameScan,
  type ScanPublication,
} from '../contract.ts';
import { limits } from '../limits.ts';
import { documentDigest } from '../document-digest.ts';
import { openTestCounting, type TestAgent, type TestCounting } from './counting.testing.ts';
import { packPublication } from './pack-publication.ts';
import { listScans, readScan, readSubject } from './scans.ts';
import { catalogSchema } from './schema.ts';
import { catalogHandlers } from './service.ts';
import { subjectIdOf } from './subject-id.ts';
import { debianPackage, imageAnalyzers, imageScan } from './testing.ts';

const name = 'registry.example/shop/web:1';
const real = imageScan({ content: 'web', names: [name], packages: [debianPackage('curl', '8.0-1')] });
const subject = subjectIdOf(real.subject);
const theConsole = { kind: 'console', id: 'console', name: 'console' } as const;

let at: TestCounting;
let pier: TestAgent;
beforeAll(async () => {
  at = await openTestCounting();
});
afterAll(async () => await at.close());
beforeEach(async () => {
  await at.clear();
  pier = await at.join('pier-1', 'prod');
});

describe('a token publishes', () => {
  const named = (...names: readonly string[]) => imageScan({ content: 'web', names, packages: [] });

  test.each<[string, readonly string[], ScanPublication, string]>([
    ['without repositories', [], real, 'for no repository'],
    ['an image of another team', ['registry.example/bank/*'], real, 'registry.example/shop/web'],
    ['an image without a name', ['registry.example/shop/*'], named(), 'the image has no name'],
    [
      'an image that has its name on another registry',
      ['registry.example/shop/*'],
      named('evil.example/shop/web:1'),
      'evil.example/shop/web',
    ],
  ])('%s: it is refused', async (...[, repositories, publication, words]) => {
    const refused = packPublication(publication, { kind: 'token', repositories });
    await expect(refused).rejects.toMatchObject({
      code: 'outside-repositories',
      message: expect.stringContaining(words),
    });
  });

  test('an image of Docker Hub under the pattern of a token that names no registry', async () => {
    const published = await packPublication(named('shop/app:1'), { kind: 'token', repositories: ['shop/app'] });
    expect(published.columns.repositories).toEqual(['docker.io/shop/app']);
  });

  test('names outside of its repositories are not kept', async () => {
    const publication = named('registry.example/bank/ledger:1', name);
    await at.publish(publication, await at.token('registry.example/shop/*'));
    expect((await readSubject(at.store, subject))?.document).toMatchObject({ names: [name] });
    expect((await listScans(at.store, subject, { limit: 1 }))[0]?.target).toBe(name);
  });

  test('a person names what he likes, and an agent what its host calls it', async () => {
    for (const kind of ['user', 'agent', 'console'] as const)
      expect((await packPublication(named('evil.example/x:1'), { kind })).columns.repositories).toEqual([
        'evil.example/x',
      ]);
  });
});

test('what is packed can go from one process to another', async () => {
  const packed = await packPublication(real, { kind: 'agent' });
  expect(structuredClone(packed).columns).toEqual(packed.columns);
  const large = Object.values(packed.columns).filter((value) => typeof value === 'object' && value !== null);
  expect(large.every((value) => value instanceof Date || Array.isArray(value))).toBe(true);
});

describe('what a host is to scan', () => {
  const principalOf = (agent: TestAgent): Principal => ({
    ...agent,
    kind: 'agent',
    permissions: ['report', 'publish'],
  });
  async function wanted(
    principal: Principal,
    by: Catalog['analyzers'] = imageAnalyzers,
  ): Promise<readonly SubjectId[]> {
    const input = { body: { subjects: [subject], analyzers: [...by] } };
    return (await answerOf(at.catalog.agentRoutes, { endpoint: listWantedScans, input, principal })).wanted;
  }

  test('each host scans what it holds, whoever else has scanned it', async () => {
    const second = await at.join('pier-2', 'prod');
    expect(await wanted(principalOf(pier))).toEqual([subject]);
    await at.place(pier, subject, { name });
    await at.scan(pier, real);
    await at.publish(real, await at.token('registry.example/*'));
    expect(await wanted(principalOf(pier))).toEqual([]);
    expect(await wanted(principalOf(second))).toEqual([subject]);
    expect(
      await wanted(
        principalOf(pier),
        imageAnalyzers.map(({ id }) => ({ id, version: 2 })),
      ),
    ).toEqual([subject]);
  });

  test('unless the console pulled it', async () => {
    await at.publish(real, theConsole);
    expect(await wanted(principalOf(pier))).toEqual([]);
  });

  test('a host of the release before scans once, as well as it can', async () => {
    const before = imageAnalyzers.slice(1);
    await at.scan(pier, { ...real, catalog: { ...real.catalog, analyzers: [...before] } });
    expect(await wanted(principalOf(pier), before)).toEqual([]);
  });

  test('what could not be read is tried again after six hours', async () => {
    const faults = [{ code: 'unreadable-file', message: 'The disk is damaged.', path: 'bin/sh' }];
    await at.scan(pier, { ...real, catalog: { ...real.catalog, faults } });
    expect(await wanted(principalOf(pier))).toEqual([]);
    at.turnTo(new Date('2026-11-24T18:00:01Z'));
    expect(await wanted(principalOf(pier))).toEqual([subject]);
  });

  test('who reads the whole estate scans what nobody scanned by his analyzers', async () => {
    const operator: Principal = { kind: 'user', id: '1', name: 'ada', permissions: ['read', 'publish'] };
    expect(await wanted(operator)).toEqual([subject]);
    await at.scan(pier, real);
    expect(await wanted(operator)).toEqual([]);
    expect(await wanted(operator, [{ id: 'dpkg', version: 2 }])).toEqual([subject]);
  });

  test.each([
    ['a token of a build', {}],
    ['who sees one collection', { permissions: ['read', 'publish'], collections: ['shop'] } as const],
  ])('%s is told nothing of what others have scanned', async (_, part) => {
    const token = await at.token('registry.example/*');
    const asking: Principal = { kind: 'token', id: token.id, name: 'ci', permissions: ['publish'], ...part };
    const digest = documentDigest(real.subject, real.catalog);
    const lacking = async () =>
      (
        await answerOf(at.catalog.routes, {
          endpoint: listLackingDocuments,
          input: { body: { documents: [{ subject, digest }] } },
          principal: asking,
        })
      ).lacking;
    await at.scan(pier, real);
    await at.publish(real, theConsole);
    expect([await wanted(asking), await lacking()]).toEqual([[subject], [digest]]);
    await at.publish(real, token);
    expect([await wanted(asking), await lacking()]).toEqual([[], []]);
  });
});

describe('the digest of a document', () => {
  const digest = documentDigest(real.subject, real.catalog);
  const same: SameScan = {
    subject,
    digest,
    target: 'alias:1',
    scannedAt: '2026-11-24T11:30:00Z',
    scanner: { name: 'seawall', version: '0', host: 'pier-2' },
    names: ['alias:1'],
  };

  async function reportSame(agent: TestAgent, body: SameScan): Promise<void> {
    const handler = catalogHandlers(at.catalog)['scan-same'];
    await at.store.transaction((transaction) => handler(transaction, agent, [{ at: same.scannedAt, body }]));
  }
  const lacking = async (documents: readonly Pick<SameScan, 'subject' | 'digest'>[]) =>
    (
      await answerOf(at.catalog.agentRoutes, {
        endpoint: listLackingDocuments,
        input: { body: { documents: documents.map((one) => ({ ...one })) } },
        principal: { ...pier, kind: 'agent', permissions: ['publish'] },
      })
    ).lacking;

  test('is the same whatever a host calls the image, and another for other content', () => {
    const renamed = imageScan({ content: 'web', names: ['alias:1'], packages: real.catalog.packages });
    expect(documentDigest(renamed.subject, renamed.catalog)).toBe(digest);
    expect(documentDigest(real.subject, { ...real.catalog, packages: [] })).not.toBe(digest);
    expect(documentDigest({ ...real.subject, settings: { user: 'x' } } as never, real.catalog)).not.toBe(digest);
  });

  test('comes first: the document is sent only when it is lacking', async () => {
    expect(await lacking([{ subject, digest }])).toEqual([digest]);
    await at.scan(pier, real);
    expect(await lacking([{ subject, digest }])).toEqual([]);
    const other = subjectIdOf(imageScan({ content: 'other', names: [], packages: [] }).subject);
    expect(await lacking([{ subject: other, digest }])).toEqual([digest]);
  });

  test('stands for a scan of its own, under the names of its own host', async () => {
    await at.scan(pier, real);
    const second = await at.join('pier-2', 'prod');
    await at.place(second, subject, { name: 'alias:1' });
    await reportSame(second, same);
    const [newest] = await listScans(at.store, subject, { limit: 5 });
    expect(newest).toMatchObject({ publisher: { name: 'pier-2' }, packages: 1, target: 'alias:1' });
    const read = newest && (await readScan(at.store, newest.scan));
    expect(read?.document).toMatchObject({ names: ['alias:1'] });
    expect(read?.catalog.packages).toEqual(real.catalog.packages);
    expect(await at.counting(subject)).toEqual({ prod: ['pier-2 2 current'] });
    expect(await at.store.query(catalogSchema).selectFrom('document').select('digest').execute()).toEqual([{ digest }]);
  });

  test('that nobody sent is refused', async () => {
    await expect(reportSame(pier, same)).rejects.toMatchObject({ code: 'bad-request' });
    await at.scan(pier, real);
    const other = subjectIdOf(imageScan({ content: 'other', names: [], packages: [] }).subject);
    await expect(reportSame(pier, { ...same, subject: other })).rejects.toMatchObject({ code: 'bad-request' });
  });
});

test('lists the images that depend on a token alone', async () => {
  const token = await at.token('registry.example/shop/*');
  const dependents = async (also?: string) =>
    await answerOf(at.catalog.routes, {
      endpoint: listDependentImages,
      input: { params: { id: token.id }, query: { ...(also !== undefined && { also }) } },
      principal: { kind: 'user', id: 'ada', name: 'ada', permissions: ['administer'] },
    });
  await at.publish(real, token);
  await at.prove(subject, 'registry.example/shop/web');
  expect(await dependents()).toEqual({ count: 0, images: [] });
  await at.place(pier, subject, { name });
  expect(await dependents()).toEqual({ count: 1, images: [{ subject, name }] });
  // Two tokens of one owner that found different things both count: the image depends on neither alone, and on both.
  const nightly = await at.token('registry.example/shop/*');
  await at.publish(imageScan({ content: 'web', names: [name], packages: [debianPackage('curl', '9.9-9')] }), nightly);
  expect([await dependents(), await dependents(nightly.id)]).toMatchObject([{ count: 0 }, { count: 1 }]);
  await at.scan(pier, real);
  expect(await dependents(nightly.id)).toEqual({ count: 0, images: [] });
});

describe('what one token publishes in a day', () => {
  const build: Principal = { kind: 'token', id: 'build', name: 'build', permissions: ['publish'], repositories: ['*'] };
  const other: Principal = { ...build, id: 'other', name: 'other' };
  const image = (content: string) => imageScan({ content, names: [name], packages: [] });
  const publish = async (content: string, principal = build): Promise<unknown> =>
    await answerOf(at.catalog.routes, {
      endpoint: publishScan,
      input: { body: image(content) as never },
      principal,
    }).then(
      () => 'taken',
      ({ code, retryAfter }: { readonly code: string; readonly retryAfter: number }) => `${code} ${retryAfter}`,
    );
  /** As if it had published so much already. */
  const published = async (publications: number, images: number): Promise<void> => {
    const counted = { publisher: 'token build', day: '2026-11-24', publications, new_images: images };
    const database = at.store.query(catalogSchema);
    await database.deleteFrom('published').execute();
    await database.insertInto('published').values(counted).execute();
  };

  test('is bounded, until the next day, and for it alone', async () => {
    await published(limits.publications.value - 1, 0);
    expect(await publish('one')).toBe('taken');
    expect([await publish('one'), await publish('two')]).toEqual(['quota-reached 43200', 'quota-reached 43200']);
    expect(await publish('two', other)).toBe('taken');
    at.turnTo(new Date('2026-11-25T00:00:00Z'));
    expect(await publish('two')).toBe('taken');
    const rows = await at.store.query(catalogSchema).selectFrom('published').selectAll().orderBy('publisher').execute();
    expect(rows).toMatchObject([
      { publisher: 'token build', publications: 1, new_images: 0 },
      { publisher: 'token other', publications: 1, new_images: 1 },
    ]);
  });

  test('holds so many images that nobody scanned before; others it publishes still', async () => {
    expect(await publish('known', other)).toBe('taken');
    await published(10, limits.newImages.value - 1);
    expect([await publish('first'), await publish('second')]).toEqual(['taken', 'quota-reached 43200']);
    expect([await publish('first'), await publish('known')]).toEqual(['taken', 'taken']);
    expect(await readSubject(at.store, subjectIdOf(image('second').subject))).toBeUndefined();
  });
});
