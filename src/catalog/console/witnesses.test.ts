import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import { answerOf } from '#http/console/testing.ts';
import { agentOf, imageFact, tell } from '#inventory/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { listWantedScans, type ScanPublication } from '../contract.ts';
import {
  catalogHandlers,
  catalogSchema,
  createCatalog,
  disagreementsOf,
  listBuilds,
  listCurrentScans,
  listDisagreements,
  previousBuild,
  readScanRecord,
  readSpeakingScan,
  type ScanOfSubject,
} from './index.ts';
import { packFact } from './pack-task.ts';
import { storePublication } from './publish.ts';
import { subjectIdOf } from './subject-id.ts';
import { debianPackage, imageScan } from './testing.ts';
import type { Witness } from './witness.ts';

const analyzers = [{ id: 'dpkg', version: 1 }];
const name = 'registry.example/shop/web:1';
const curl = debianPackage('curl', '8.0-1');
const real = imageScan({ content: 'web', names: [name], packages: [curl] });
const clean = imageScan({ content: 'web', names: [name], packages: [] });
const prod = agentOf('pier-1', 'prod');
const dev = agentOf('quay-1', 'dev');
const ci = (...repositories: readonly string[]): Witness => ({
  kind: 'token',
  id: randomUUID(),
  name: 'ci',
  repositories,
});

describe('witnesses', () => {
  let store: Store;
  let now = new Date();
  const options = () => ({ store, clock: () => now, newScanId: () => randomUUID() as string as ScanId });

  beforeAll(async () => {
    store = await createTestStore([accessSchema, inventorySchema, catalogSchema]);
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    now = new Date('2026-11-24T12:00:00Z');
    await sql`truncate catalog.subject, inventory.host, store.unclaimed_fact cascade`.execute(
      store.query(catalogSchema),
    );
  });

  async function publish(publication: ScanPublication, witness: Witness): Promise<ScanOfSubject> {
    return await storePublication(publication, witness, options());
  }

  async function agentScans(agent: typeof prod, publication: ScanPublication): Promise<void> {
    const { scan } = catalogHandlers(createCatalog(options()));
    const body = await packFact(publication);
    await store.transaction((transaction) => scan(transaction, agent, [{ at: now.toISOString(), body }]));
  }

  /** The image is on the agent's host, called so. */
  async function place(agent: typeof prod, { subject }: { readonly subject: SubjectId }, as: string): Promise<void> {
    const fact = imageFact(as, { id: subject, subject });
    await tell(store, agent, { kind: 'image', bodies: [fact] });
    await createCatalog(options()).chooseVoice({ subject });
  }

  async function announced(fact: string): Promise<readonly object[]> {
    const { rows } = await sql<{ payload: object }>`
      with claimed as (delete from store.unclaimed_fact where fact = ${fact} returning *)
      select payload from claimed order by id`.execute(store.query(catalogSchema));
    return rows.map(({ payload }) => payload);
  }

  async function speaker(subject: SubjectId): Promise<string | undefined> {
    return (await readSpeakingScan(store, subject))?.witness.name;
  }

  test('a scan is kept with who sent it, as it was then', async () => {
    await place(prod, { subject: subjectIdOf(real.subject) }, name);
    await agentScans(prod, real);
    expect((await readSpeakingScan(store, subjectIdOf(real.subject)))?.witness).toEqual({
      kind: 'agent',
      id: prod.id,
      name: 'pier-1',
      environment: 'prod',
    });
  });

  test('a token that is not bound to the image changes nothing in prod', async () => {
    const which = await publish(real, ci('registry.example/shop/*'));
    expect(await announced('voice-changed')).toEqual([which]);
    await place(prod, which, name);
    expect(await speaker(which.subject)).toBe('ci');
    await agentScans(prod, real);
    expect(await speaker(which.subject)).toBe('pier-1');
    const voice = (await readSpeakingScan(store, which.subject))?.scan;
    expect(await announced('voice-changed')).toEqual([{ scan: voice, subject: which.subject }]);
    await publish(clean, ci('registry.example/bank/*'));
    await publish(clean, { kind: 'user', id: 'ann', name: 'ann' });
    await agentScans(dev, clean);
    expect(await announced('voice-changed')).toEqual([]);
    expect((await readSpeakingScan(store, which.subject))?.scan).toBe(voice);
    expect(await listCurrentScans(store)).toEqual([{ scan: voice, subject: which.subject }]);
  });

  test('an image that comes to prod is spoken for by nobody until prod has a witness', async () => {
    const which = await publish(clean, ci('registry.example/bank/*'));
    expect(await speaker(which.subject)).toBe('ci');
    await place(prod, which, name);
    expect(await speaker(which.subject)).toBeUndefined();
    expect(await announced('voice-changed')).toEqual([which, which]);
    await agentScans(prod, real);
    expect(await speaker(which.subject)).toBe('pier-1');
    await tell(store, prod, { kind: 'present', bodies: [{ images: [], containers: [] }] });
    await createCatalog(options()).chooseVoice(which);
    expect(await speaker(which.subject)).toBe('pier-1');
  });

  async function wanted(principal: Principal, subjects: readonly SubjectId[], by = analyzers) {
    const input = { body: { subjects: [...subjects], analyzers: [...by] } };
    const asked = { endpoint: listWantedScans, input, principal };
    return (await answerOf(createCatalog(options()).agentRoutes, asked)).wanted;
  }
  const principalOf = (agent: typeof prod): Principal => ({
    ...agent,
    kind: 'agent',
    permissions: ['report', 'publish'],
  });
  const anyone: Principal = { kind: 'token', id: '1', name: 'ci', permissions: ['publish'] };

  test('an agent scans what no witness trusted in its environment has scanned', async () => {
    const which = await publish(real, ci('registry.example/bank/*'));
    const subjects = [which.subject];
    expect(await wanted(anyone, subjects)).toEqual([]);
    expect(await wanted(anyone, subjects, [{ id: 'dpkg', version: 2 }])).toEqual(subjects);
    // It asks before it told that it has it.
    expect(await wanted(principalOf(prod), subjects)).toEqual(subjects);
    await place(prod, which, name);
    await place(dev, which, name);
    await agentScans(dev, real);
    expect(await wanted(principalOf(dev), subjects)).toEqual([]);
    expect(await wanted(principalOf(prod), subjects)).toEqual(subjects);
    await publish(real, ci('registry.example/shop/web'));
    expect(await wanted(principalOf(prod), subjects)).toEqual([]);
    expect(await wanted(principalOf(prod), subjects, [{ id: 'dpkg', version: 2 }])).toEqual(subjects);
    const host = 'host:pier-1' as string as SubjectId;
    expect(await wanted(principalOf(prod), [host, host])).toEqual([host]);
  });

  test('witnesses that found different things in one image are told of once', async () => {
    const which = await publish(real, ci('registry.example/shop/*'));
    await agentScans(prod, real);
    expect(await disagreementsOf(store, which.subject)).toEqual([]);
    const liar = ci('registry.example/bank/*');
    await publish(clean, liar);
    expect(await announced('witnesses-disagree')).toEqual([{ subject: which.subject }]);
    expect(await listDisagreements(store)).toEqual([
      {
        subject: which.subject,
        scans: expect.arrayContaining([
          expect.objectContaining({ witness: 'pier-1', packages: 1 }),
          expect.objectContaining({ witness: 'ci', packages: 0 }),
        ]),
        differs: [curl.purl],
      },
    ]);
    await publish(clean, liar);
    await agentScans(dev, real);
    expect(await announced('witnesses-disagree')).toEqual([]);
    expect(await disagreementsOf(store, which.subject)).toHaveLength(1);
    // They agree again.
    await publish(real, liar);
    expect(await disagreementsOf(store, which.subject)).toEqual([]);
    await publish(clean, liar);
    expect(await announced('witnesses-disagree')).toEqual([{ subject: which.subject }]);
  });

  test('scans that cannot be compared do not disagree', async () => {
    await agentScans(prod, real);
    const faults = [{ code: 'time-limit', message: 'It took too long.' }];
    await publish({ ...clean, catalog: { ...clean.catalog, faults } }, ci('*'));
    const newer = [{ id: 'dpkg', version: 2 }];
    await publish({ ...clean, catalog: { ...clean.catalog, analyzers: newer } }, ci('*'));
    expect(await listDisagreements(store)).toEqual([]);
    const elsewhere = { ...curl, paths: ['var/lib/dpkg/status.d/curl'], files: ['x'] };
    await publish({ ...real, catalog: { ...real.catalog, packages: [elsewhere] } }, ci('*'));
    expect(await listDisagreements(store)).toEqual([]);
  });

  test('builds are found by job, repository, target and application, each with the one before', async () => {
    const build = async (content: string, more: Partial<ScanPublication>, of = name) =>
      await publish(imageScan({ content, names: [of], packages: [], more }), ci('*'));
    const shop = { job: { name: 'shop' }, application: 'shop' };
    const first = await build('1', shop);
    const api = await build('api', shop, 'registry.example/shop/api:1');
    const second = await build('2', shop);
    await build('2', shop);
    const bare = await build('3', {});
    const list = async (filter: Parameters<typeof listBuilds>[1]) =>
      (await listBuilds(store, filter, { limit: 10 })).map(({ subject }) => subject);
    expect(await list({ job: 'shop' })).toEqual([second, second, api, first].map(({ subject }) => subject));
    expect(await list({ application: 'shop', repository: 'registry.example/shop/api' })).toEqual([api.subject]);
    expect(await list({ target: name })).toHaveLength(4);
    const before = async (which: ScanOfSubject) => (await previousBuild(store, which))?.subject;
    expect(await before(first)).toBeUndefined();
    expect(await before(api)).toBeUndefined();
    expect(await before(second)).toBe(first.subject);
    expect(await before(bare)).toBe(second.subject);
    expect(await readScanRecord(store, first.scan)).toMatchObject({ application: 'shop', job: { name: 'shop' } });
  });

  test('old scans go when they neither speak for something present nor are the newest build', async () => {
    now = new Date('2025-01-01T00:00:00Z');
    const job = { job: { name: 'shop' } };
    const old = await publish(imageScan({ content: 'old', names: [name], packages: [], more: job }), ci('*'));
    const twice = await publish(real, ci('*'));
    const present = await publish(real, ci('*'));
    const last = await publish(imageScan({ content: 'last', names: [name], packages: [], more: job }), ci('*'));
    await agentScans(dev, imageScan({ content: 'was on quay-1', names: ['x:1'], packages: [] }));
    await place(prod, present, name);
    await createCatalog(options()).prune(new Date('2025-06-01T00:00:00Z'));
    expect(await announced('scan-forgotten')).toEqual([]);
    await createCatalog(options()).prune(new Date('2026-11-24T00:00:00Z'));
    const kept = await listBuilds(store, { target: name }, { limit: 10 });
    expect(kept.map(({ scan }) => scan)).toEqual([last.scan, present.scan]);
    expect(await announced('scan-forgotten')).toEqual(
      expect.arrayContaining([old, twice, expect.not.objectContaining({ subject: present.subject })]),
    );
    expect((await listCurrentScans(store)).map(({ scan }) => scan).toSorted()).toEqual(
      [last.scan, present.scan].toSorted(),
    );
  });
});
