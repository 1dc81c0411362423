import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { debianPackage, imageScan, publishTo } from '#catalog/console/testing.ts';
import { sql } from 'kysely';
import * as api from '../contract.ts';
import { modelIdIn } from '../model-id.ts';
import { subjectOf } from './dependencies.ts';
import { runtimeSchema } from './schema.ts';
import { behaviour, digestNamed, keyNamed, openTestRuntime, type TestRuntime } from './testing.ts';

const hours = 60 * 60_000;
const after = (count: number): Date => new Date(Date.UTC(2026, 10, 24) + count * hours);
const old = modelIdIn(keyNamed('shop/web:1'), 'prod');
const heir = modelIdIn(keyNamed('shop/web:2'), 'prod');

describe('a new version of an image', () => {
  let at: TestRuntime;

  beforeAll(async () => {
    at = await openTestRuntime();
  });
  afterAll(async () => await at.close());

  beforeEach(async () => {
    await sql`truncate runtime.model, runtime.running, inventory.host, catalog.subject, catalog.scan cascade`.execute(
      at.store.query(runtimeSchema),
    );
    for (let hour = 0; hour < 11; hour++) {
      at.turnTo(after(hour));
      if (hour === 0) await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
      const reported = behaviour('shop/web:1', { paths: ['/serve', '/bin/date', '/bin/gone'], hours: [after(hour)] });
      await at.report('prod-1', 'behaviour', [reported]);
    }
    at.turnTo(after(12));
  });

  /** Publishes an image with these programs: what they hold, by path. */
  async function scan(image: string, programs: Readonly<Record<string, string>>): Promise<void> {
    const paths = Object.keys(programs).toSorted();
    const hash = (algorithm: string, path: string) =>
      createHash(algorithm)
        .update(programs[path] ?? '')
        .digest();
    const executables = {
      format: 1,
      isComplete: true,
      paths,
      kinds: paths.map(() => 'o').join(''),
      sizes: paths.map(() => 1),
      modes: paths.map(() => 0o755),
      layers: paths.map(() => 0),
      hashes: Buffer.concat(paths.flatMap((path) => [hash('sha256', path), hash('md5', path)])).toString('base64'),
      packages: ['pkg:deb/debian/coreutils@9.7'],
      owners: paths.map((path) => (path === 'bin/date' ? 0 : -1)),
      elf: [],
      elfRows: [],
    } as const;
    const { catalog, ...usual } = imageScan({
      content: image,
      names: [image],
      packages: [debianPackage('coreutils', '9.7')],
    });
    const scanned = { ...usual, catalog: { ...catalog, executables } };
    await publishTo(at.store, scanned, { clock: at.now });
  }

  const model = async (id: string) => (await at.ask(api.getModel, { params: { id } })).model;
  const states = async (id: string) =>
    Object.fromEntries(
      (await model(id)).evidence.items.map(({ fact, state, confidence }) => [fact.path, [state, confidence]]),
    );

  test('takes over what unchanged programs did, and what changed ones did as pending, and stays active', async () => {
    await scan('shop/web:1', { serve: 'a', 'bin/date': 'b', 'bin/gone': 'c' });
    await scan('shop/web:2', { serve: 'a', 'bin/date': 'changed', 'bin/new': 'd' });
    const denied = (await model(old)).evidence.items.find(({ fact }) => fact.path === '/serve')?.key ?? '';
    await at.ask(api.decideEntry, { params: { id: old }, body: { key: denied, decision: 'deny' } });
    await at.run({ name: 'web-2', image: 'shop/web:2', host: 'prod-1' });
    await at.runtime.inheritModel({ model: heir });
    expect(await model(heir)).toMatchObject({
      state: 'active',
      activatedAt: after(9).toISOString(),
      inheritedFrom: {
        digest: digestNamed('shop/web:1'),
        changes: { '/bin/date': 'changed', '/bin/new': 'new' },
      },
    });
    expect(await states(heir)).toMatchObject({
      '/bin/date': ['pending', 0.8],
      '/bin/gone': ['graveyard', undefined],
      '/serve': ['denied', 0.99],
    });
    await at.report('prod-1', 'behaviour', [
      behaviour('shop/web:2', { paths: ['/bin/date', '/bin/new'], hours: [after(12)] }),
    ]);
    expect(await states(heir)).toMatchObject({ '/bin/date': ['confirmed', 1], '/bin/new': ['confirmed', undefined] });
    const diff = await at.ask(api.getBehaviourDiff, { params: { id: heir } });
    expect(diff).toMatchObject({
      from: digestNamed('shop/web:1'),
      added: [{ fact: { path: '/bin/new' } }],
      pending: [],
      gone: [{ fact: { path: '/bin/gone' } }],
      executables: [
        { path: '/bin/date', change: 'changed' },
        { path: '/bin/gone', change: 'gone' },
        { path: '/bin/new', change: 'new' },
      ],
    });
    const { packages, executables } = await at.ask(api.getModel, { params: { id: heir } });
    expect(packages).toEqual({ '/bin/date': 'pkg:deb/debian/coreutils@9.7' });
    expect(executables['/bin/date']?.sha256).toBe(createHash('sha256').update('changed').digest('hex'));
  });

  test('waits for the scans of both, and then keeps what it saw itself meanwhile', async () => {
    await scan('shop/web:1', { serve: 'a', 'bin/date': 'b' });
    await at.run({ name: 'web-2', image: 'shop/web:2', host: 'prod-1' });
    await at.runtime.inheritModel({ model: heir });
    await at.report('prod-1', 'behaviour', [behaviour('shop/web:2', { paths: ['/bin/date'], hours: [after(12)] })]);
    expect(await model(heir)).toMatchObject({ state: 'learning' });
    await scan('shop/web:2', { serve: 'a', 'bin/date': 'changed' });
    await at.runtime.inheritAfterScan({ subject: subjectOf(digestNamed('shop/web:2')) });
    expect(await model(heir)).toMatchObject({ state: 'active' });
    expect(await states(heir)).toMatchObject({ '/bin/date': ['confirmed', 1], '/serve': ['confirmed', 0.99] });
    const { version } = await model(heir);
    await at.runtime.inheritAfterScan({ subject: subjectOf(digestNamed('shop/web:1')) });
    expect((await model(heir)).version).toBe(version);
  });

  describe('that was not started yet', () => {
    const arrive = async (): Promise<void> => {
      await at.hold('prod-1', 'shop/web:2');
      await at.runtime.followSubject({ subject: subjectOf(digestNamed('shop/web:2')) });
    };
    const start = async (): Promise<void> => {
      await at.run({ name: 'web-2', image: 'shop/web:2', host: 'prod-1' });
      await at.runtime.inheritAgain({ model: heir });
    };
    const known = async () => (await at.ask(api.listModels, { query: {} })).models.map(({ id }) => id);

    beforeEach(async () => await scan('shop/web:1', { serve: 'a', 'bin/date': 'b', 'bin/gone': 'c' }));

    test('has the models of what the version before runs as soon as its scan is there, and agents have them', async () => {
      await arrive();
      expect(await known()).toEqual([old]);
      await scan('shop/web:2', { serve: 'a', 'bin/date': 'changed', 'bin/gone': 'c' });
      await at.runtime.inheritAfterScan({ subject: subjectOf(digestNamed('shop/web:2')) });
      expect((await known()).toSorted()).toEqual([old, heir].toSorted());
      await at.runtime.inheritModel({ model: heir });
      expect(await model(heir)).toMatchObject({
        state: 'active',
        inheritedFrom: { digest: digestNamed('shop/web:1') },
      });
      expect(await states(heir)).toMatchObject({ '/bin/date': ['pending', 0.8], '/serve': ['confirmed', 0.99] });
    });

    test('knows at its start what the version before learned since, and what itself did stays certain', async () => {
      await scan('shop/web:2', { serve: 'a', 'bin/date': 'changed', 'bin/gone': 'c', 'bin/late': 'l', 'bin/own': 'o' });
      await arrive();
      await at.runtime.inheritModel({ model: heir });
      at.turnTo(after(40));
      const late = behaviour('shop/web:1', { paths: ['/bin/late'], hours: [12, 20, 30].map(after) });
      await at.report('prod-1', 'behaviour', [late]);
      expect(Object.keys(await states(heir))).not.toContain('/bin/late');
      await at.runtime.renewModels();
      expect(Object.keys(await states(heir))).toContain('/bin/late');
      await at.run({ name: 'web-2', image: 'shop/web:2', host: 'prod-1' });
      const did = behaviour('shop/web:2', { paths: ['/bin/own', '/bin/date'], hours: [after(40)] });
      await at.report('prod-1', 'behaviour', [did]);
      await at.runtime.inheritAgain({ model: heir });
      expect(await states(heir)).toMatchObject({ '/bin/own': ['confirmed', undefined], '/bin/date': ['confirmed', 1] });
      await at.report('prod-1', 'behaviour', [
        behaviour('shop/web:1', { paths: ['/bin/later'], hours: [31, 33, 35].map(after) }),
      ]);
      await at.runtime.renewModels();
      expect(Object.keys(await states(heir))).not.toContain('/bin/later');
    });

    test('is no version before of the one after it, and what a person let learn anew goes on learning', async () => {
      await scan('shop/web:2', { serve: 'a', 'bin/date': 'changed', 'bin/gone': 'c' });
      await arrive();
      await at.runtime.inheritModel({ model: heir });
      await scan('shop/web:3', { serve: 'a', 'bin/date': 'b', 'bin/gone': 'c' });
      await at.run({ name: 'web-3', image: 'shop/web:3', host: 'prod-1' });
      const third = modelIdIn(keyNamed('shop/web:3'), 'prod');
      await at.runtime.inheritModel({ model: third });
      expect(await model(third)).toMatchObject({ inheritedFrom: { digest: digestNamed('shop/web:1') } });
      await at.ask(api.changeModel, { params: { id: heir }, body: { to: 'relearning' } });
      await start();
      expect(await model(heir)).toMatchObject({ state: 'relearning', evidence: { items: [] } });
    });

    test('stays activated by a person whatever becomes of the version before, and takes no line for seen', async () => {
      await at.ask(api.changeModel, { params: { id: old }, body: { to: 'relearning' } });
      await scan('shop/web:2', { serve: 'a', 'bin/date': 'changed', 'bin/gone': 'c' });
      await arrive();
      await at.runtime.inheritModel({ model: heir });
      await at.ask(api.changeModel, { params: { id: heir }, body: { to: 'active' } });
      at.turnTo(after(13));
      await at.runtime.renewModels();
      expect(await model(heir)).toMatchObject({ state: 'active', activatedBy: 'ada' });
      await start();
      expect(await model(heir)).toMatchObject({ state: 'active', activatedBy: 'ada' });
    });

    test('takes a line of a changed program as pending when the version before is sure of it only later', async () => {
      const more = { class: 'notable', state: 'unconfirmed' } as const;
      const seenAt = (moments: readonly number[]) =>
        behaviour('shop/web:1', { paths: ['/bin/date'], more, hours: moments.map(after) });
      await sql`truncate runtime.model, runtime.running cascade`.execute(at.store.query(runtimeSchema));
      at.turnTo(after(0));
      await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
      at.turnTo(after(12));
      await at.report('prod-1', 'behaviour', [seenAt([0])]);
      expect(await states(old)).toMatchObject({ '/bin/date': ['unconfirmed', undefined] });
      await scan('shop/web:2', { serve: 'a', 'bin/date': 'changed', 'bin/gone': 'c' });
      await arrive();
      await at.runtime.inheritModel({ model: heir });
      expect((await states(heir))['/bin/date']?.[0]).toBe('unconfirmed');
      at.turnTo(after(60));
      await at.report('prod-1', 'behaviour', [seenAt([20, 30, 50])]);
      expect((await states(old))['/bin/date']?.[0]).toBe('confirmed');
      await at.runtime.renewModels();
      expect(await states(heir)).toMatchObject({ '/bin/date': ['pending', 0.8] });
    });

    test('waits no more once it told what it did, though it ended before anybody looked', async () => {
      await scan('shop/web:2', { serve: 'a', 'bin/date': 'changed', 'bin/gone': 'c' });
      await arrive();
      await at.runtime.inheritModel({ model: heir });
      await at.run({ name: 'web-2', image: 'shop/web:2', host: 'prod-1' });
      const database = at.store.query(runtimeSchema);
      await database.updateTable('model').set({ awaits_start: true }).where('id', '=', heir).execute();
      await database.deleteFrom('running').where('model', '=', heir).execute();
      await sql`update inventory.container set state = 'exited' where name = 'web-2'`.execute(database);
      await at.report('prod-1', 'behaviour', [behaviour('shop/web:2', { paths: ['/bin/date'], hours: [after(12)] })]);
      await scan('shop/web:3', { serve: 'a', 'bin/date': 'changed', 'bin/gone': 'c' });
      at.turnTo(after(13));
      await at.run({ name: 'web-3', image: 'shop/web:3', host: 'prod-1' });
      const third = modelIdIn(keyNamed('shop/web:3'), 'prod');
      await at.runtime.inheritModel({ model: third });
      expect(await model(third)).toMatchObject({ inheritedFrom: { digest: digestNamed('shop/web:2') } });
    });

    test('of an environment in which no other version runs has none', async () => {
      await scan('shop/web:2', { serve: 'a' });
      await at.hold('dev-1', 'shop/web:2');
      await at.runtime.followSubject({ subject: subjectOf(digestNamed('shop/web:2')) });
      expect(await known()).toEqual([old]);
    });

    test('of many tags, those that came last have models', async () => {
      for (let tag = 10; tag < 24; tag++) {
        at.turnTo(after(tag));
        await scan(`shop/web:${tag}`, { serve: 'a' });
        await at.hold('prod-1', `shop/web:${tag}`);
        await at.runtime.followSubject({ subject: subjectOf(digestNamed(`shop/web:${tag}`)) });
      }
      const last = Array.from({ length: 10 }, (_, at) => modelIdIn(keyNamed(`shop/web:${14 + at}`), 'prod'));
      expect((await known()).toSorted()).toEqual([old, ...last].toSorted());
    });
  });

  test('learns each other command of its image from the beginning, of the same image and of the next one', async () => {
    await scan('shop/web:1', { serve: 'a', 'bin/date': 'b', 'bin/gone': 'c' });
    await scan('shop/web:2', { serve: 'a', 'bin/date': 'b', 'bin/gone': 'c' });
    for (const image of ['shop/web:1', 'shop/web:2']) {
      const command = ['serve', `migrate ${image}`];
      await at.run({ name: `job-of-${image}`, image, host: 'prod-1', command });
      const id = modelIdIn(keyNamed(image, command), 'prod');
      await at.runtime.inheritModel({ model: id });
      expect(await model(id)).toMatchObject({ state: 'learning', evidence: { items: [] } });
      expect((await model(id)).inheritedFrom).toBe(undefined);
    }
    expect(await model(old)).toMatchObject({ state: 'active' });
  });

  test('of another repository takes over nothing', async () => {
    await scan('shop/web:1', { serve: 'a' });
    await scan('shop/wiki:1', { serve: 'a' });
    await at.run({ name: 'wiki', image: 'shop/wiki:1', host: 'prod-1' });
    const id = modelIdIn(keyNamed('shop/wiki:1'), 'prod');
    await at.runtime.inheritModel({ model: id });
    expect(await model(id)).toMatchObject({ state: 'learning', evidence: { items: [] } });
    expect(await at.ask(api.getBehaviourDiff, { params: { id } })).toMatchObject({ added: [], inherited: 0 });
  });

  test('inherits from one that no host holds any more, whose model is archived until it is back', async () => {
    await scan('shop/web:1', { serve: 'a', 'bin/date': 'b', 'bin/gone': 'c' });
    await scan('shop/web:2', { serve: 'a', 'bin/date': 'b', 'bin/gone': 'c' });
    const subject = subjectOf(digestNamed('shop/web:1'));
    const follow = async () => {
      await at.runtime.followSubject({ subject });
      return (await model(old)).state;
    };
    const inventory = at.store.query(runtimeSchema);
    expect(await follow()).toBe('active');
    await sql`update inventory.image set gone_at = ${after(12)}`.execute(inventory);
    expect(await follow()).toBe('active');
    await sql`update inventory.container set state = 'exited'`.execute(inventory);
    expect(await follow()).toBe('archived');
    await at.run({ name: 'web-2', image: 'shop/web:2', host: 'prod-1' });
    await at.runtime.inheritModel({ model: heir });
    expect(await model(heir)).toMatchObject({ state: 'active', inheritedFrom: { digest: digestNamed('shop/web:1') } });
    await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    expect(await follow()).toBe('active');
    await at.ask(api.changeModel, { params: { id: old }, body: { to: 'manual' } });
    await sql`delete from inventory.image; delete from inventory.container`.execute(inventory);
    expect(await follow()).toBe('manual');
  });
});
