import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { accessSchema } from '#access/console/index.ts';
import { userNamed } from '#http/console/testing.ts';
import * as api from '../contract.ts';
import { entryKeyOf } from '../entry-key.ts';
import { limits } from '../limits.ts';
import { after, environmentsOf, inEnvironment, web } from './environments.testing.ts';
import { runtimeSchema } from './schema.ts';
import { entryIdOf } from './store-decisions.ts';
import { behaviour, digestNamed, openTestRuntime, type TestRuntime } from './testing.ts';

const next = 'shop/web:2';
const third = 'shop/web:3';
const model = inEnvironment('prod');
const reader = userNamed('rita', ['read']);
const sha256 = 'a'.repeat(64);

describe('entries that wait for a person', () => {
  let at: TestRuntime;
  const of = environmentsOf(() => at);

  beforeAll(async () => {
    at = await openTestRuntime();
  });
  afterAll(async () => await at.close());

  beforeEach(async () => {
    await of.empty();
    await at.run({ name: 'web', image: web, host: 'prod-1' });
  });

  /** Programs came after the model was active, or are never learned. */
  async function see(image: string, paths: readonly string[], more: Partial<api.Entry> = {}): Promise<void> {
    await at.report('prod-1', 'behaviour', [
      behaviour(image, { paths, hours: [after(11)], more: { state: 'review', ...more } }),
    ]);
  }

  async function drop(image: string, fact: api.Fact): Promise<void> {
    const reported = behaviour(image, { paths: ['/tmp/x'], hours: [after(11)] });
    const [entry] = reported.evidence.items;
    if (entry === undefined) throw new Error('There is no item.');
    const dropped = { ...entry, fact, key: entryKeyOf(fact), class: 'forbidden', state: 'review' } as const;
    await at.report('prod-1', 'behaviour', [{ ...reported, evidence: { ...reported.evidence, items: [dropped] } }]);
  }

  const queue = async (by: api.ReviewGrouping = 'program', id = model, who?: typeof reader) =>
    await at.ask(api.getReviewQueue, { params: { id }, query: { by } }, who);
  const idOf = (path: string, more: object = {}): string =>
    entryIdOf(entryKeyOf({ dimension: 'process', path, caller: '/serve', ...more }));
  type Body = Partial<Parameters<typeof decide>[1]>;
  const decide = async (
    entries: readonly string[],
    more: {
      readonly decision?: 'allow' | 'deny' | 'undo';
      readonly scope?: api.DecisionScope;
      readonly accept?: api.ReviewCaution[];
      readonly reason?: string;
    } = {},
    id = model,
  ) =>
    await at.ask(api.decideReview, {
      params: { id },
      body: { entries: [...entries], decision: 'allow', ...more } as never,
    });
  const preview = async (entries: readonly string[], more: Body = {}) =>
    await at.ask(api.previewReview, {
      params: { id: model },
      body: { entries: [...entries], decision: 'allow', ...more } as never,
    });
  const stands = async (image = web) =>
    Object.fromEntries((await of.items('prod', image)).map(({ fact, state }) => [fact.path, state]));
  /** What the reactions do about decisions. */
  async function follow(): Promise<void> {
    const { rows } = await sql<{ payload: { model: string } }>`
      delete from store.unclaimed_fact where fact = 'lines-decided' returning payload`.execute(
      at.store.query(runtimeSchema),
    );
    for (const { payload } of rows) await at.runtime.followDecisions(payload);
  }
  async function audited(): Promise<readonly { readonly action: string; readonly detail: unknown }[]> {
    return await at.store
      .query(accessSchema)
      .selectFrom('audit')
      .select(['action', 'detail'])
      .where('action', 'like', 'model-%')
      .orderBy('sequence', 'desc')
      .execute();
  }

  test('are grouped by program, package and deploy, what is never learned apart', async () => {
    await see(web, ['/bin/date', '/bin/ls', '/usr/bin/nc']);
    await drop(web, { dimension: 'process', path: '/tmp/x', caller: '/serve', origin: 'upper', sha256 });
    expect(await queue()).toMatchObject({
      waiting: 4,
      decisions: 0,
      most: 500,
      groups: [
        { name: '/bin/date', entries: [{ id: idOf('/bin/date'), caller: '/serve', state: 'review' }] },
        { name: '/bin/ls' },
        { name: '/tmp/x', caution: 'drift', entries: [{ entry: expect.stringContaining('origin=upper') }] },
        { name: '/usr/bin/nc', caution: 'never-learned' },
      ],
    });
    const { groups } = await queue('package');
    expect(groups.map(({ name, caution, entries }) => [name, caution, entries.length])).toEqual([
      [undefined, undefined, 2],
      [undefined, 'drift', 1],
      [undefined, 'never-learned', 1],
    ]);
    expect((await queue('deploy')).groups[0]).toMatchObject({ name: digestNamed(web), since: 'new' });
  });

  test('are allowed together, with one entry in the audit trail that names each, and taken back together', async () => {
    const paths = ['/bin/date', '/bin/ls', '/bin/id'];
    await see(web, paths);
    const entries = paths.map((path) => idOf(path));
    expect(await preview(entries)).toMatchObject({
      changes: [{ before: 'review', after: 'confirmed' }, {}, {}],
      cautions: [],
      impossible: [],
      containers: 1,
      versions: [],
    });
    expect(await stands()).toMatchObject({ '/bin/date': 'review' });
    const version = (await of.model('prod'))?.version ?? 0;
    const before = (await audited()).length;
    expect(await decide(entries, { reason: 'cron' })).toMatchObject({ changes: [{}, {}, {}], same: 0 });
    expect(await stands()).toEqual({ '/bin/date': 'confirmed', '/bin/ls': 'confirmed', '/bin/id': 'confirmed' });
    expect((await of.model('prod'))?.version).toBe(version + 1);
    const [entry, ...others] = await audited();
    expect(others).toHaveLength(before);
    expect(entry).toMatchObject({
      action: 'model-entries-allowed',
      detail: {
        count: 3,
        reason: 'cron',
        scope: 'digest',
        entries: expect.arrayContaining([expect.stringContaining('/bin/id')]),
      },
    });
    expect(await queue()).toMatchObject({ waiting: 0, decisions: 3, decided: [{ decision: { by: 'ada' } }, {}, {}] });
    expect(await decide(entries)).toMatchObject({ changes: [], same: 3 });
    await decide(entries.slice(0, 2), { decision: 'undo' });
    expect(await stands()).toEqual({ '/bin/date': 'review', '/bin/ls': 'review', '/bin/id': 'confirmed' });
    expect((await audited())[0]).toMatchObject({ action: 'model-decisions-undone', detail: { count: 2 } });
  });

  test('that are never learned are allowed with a word for each kind alone, and denied without', async () => {
    await see(web, ['/bin/date', '/usr/bin/nc']);
    await drop(web, { dimension: 'process', path: '/tmp/x', caller: '/serve', origin: 'upper', sha256 });
    await drop(web, { dimension: 'process', path: '/memfd', caller: '/serve', origin: 'memory' });
    const all = [idOf('/bin/date'), idOf('/usr/bin/nc'), idOf('/tmp/x', { origin: 'upper', sha256 })];
    const memory = idOf('/memfd', { origin: 'memory' });
    expect(await preview([...all, memory], { accept: ['drift'] })).toMatchObject({
      cautions: [
        { caution: 'never-learned', entries: 1, accepted: false },
        { caution: 'drift', entries: 1, accepted: true },
      ],
      impossible: [{ id: memory }],
    });
    await expect(decide(all)).rejects.toMatchObject({ code: 'bad-request', next: expect.stringContaining('accept') });
    await expect(decide(all, { accept: ['drift'] })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(decide([...all, memory], { accept: ['drift', 'never-learned'] })).rejects.toMatchObject({
      code: 'bad-request',
      next: expect.stringContaining('Leave them out'),
    });
    expect(Object.values(await stands()).every((state) => state === 'review')).toBe(true);
    await decide(all, { accept: ['drift', 'never-learned'] });
    expect(await stands()).toMatchObject({ '/bin/date': 'confirmed', '/usr/bin/nc': 'confirmed', '/memfd': 'review' });
    await decide([...all, memory], { decision: 'deny' });
    expect(new Set(Object.values(await stands()))).toEqual(new Set(['denied']));
  });

  test('are all decided or none, and not more than one entry can name', async () => {
    await see(web, ['/bin/date']);
    await expect(decide([idOf('/bin/date'), idOf('/gone')])).rejects.toMatchObject({ code: 'conflict' });
    const many = Array.from({ length: limits.entriesOfDecision.value + 1 }, (_, at) => idOf(`/bin/${at}`));
    const tooMany = { code: 'bad-request', next: expect.stringContaining('one group') };
    await expect(decide(many)).rejects.toMatchObject(tooMany);
    await expect(preview(many)).rejects.toMatchObject(tooMany);
    expect(await stands()).toEqual({ '/bin/date': 'review' });
  });

  test('are shown to who reads the model, and to nobody who is scoped to other places', async () => {
    await see(web, ['/bin/date']);
    expect(await queue('program', model, reader)).toMatchObject({ waiting: 1 });
    const body = { entries: [idOf('/bin/date')], decision: 'allow' } as never;
    await at.collection('dev', { environments: ['dev'] });
    const scoped = userNamed('sam', ['read', 'write-rules'], ['dev']);
    const hidden = { code: 'not-found' };
    await expect(at.ask(api.getReviewQueue, { params: { id: model }, query: {} }, scoped)).rejects.toMatchObject(
      hidden,
    );
    await expect(at.ask(api.decideReview, { params: { id: model }, body }, scoped)).rejects.toMatchObject(hidden);
    await expect(at.ask(api.previewReview, { params: { id: model }, body }, scoped)).rejects.toMatchObject(hidden);
  });

  describe('and later versions', () => {
    const appear = async (image: string, host = 'prod-1') => {
      await at.run({ name: image, image, host });
      await at.runtime.inheritModel({ model: inEnvironment(host.split('-')[0] ?? '', image) });
    };

    test('take over what was decided for them, without a scan, and know where it came from', async () => {
      await see(web, ['/bin/date', '/bin/ls']);
      await decide([idOf('/bin/date')], { scope: 'lineage', reason: 'cron' });
      await decide([idOf('/bin/ls')], { scope: 'digest' });
      at.turnTo(after(13));
      await appear(next);
      expect(await stands(next)).toEqual({ '/bin/date': 'confirmed' });
      expect((await queue('program', inEnvironment('prod', next))).decided).toMatchObject([
        { path: '/bin/date', decision: { by: 'ada', scope: 'lineage', reason: 'cron', from: digestNamed(web) } },
      ]);
      at.turnTo(after(14));
      await appear(third);
      expect((await queue('program', inEnvironment('prod', third))).decided).toMatchObject([
        { path: '/bin/date', decision: { from: digestNamed(web) } },
      ]);
      await see(next, ['/bin/ls']);
      expect(await stands(next)).toEqual({ '/bin/date': 'confirmed', '/bin/ls': 'review' });
    });

    test('that are here already hear of it, and lose it wherever it is taken back', async () => {
      await see(web, ['/bin/date']);
      at.turnTo(after(13));
      await appear(next);
      at.turnTo(after(14));
      await appear(third);
      expect(await preview([idOf('/bin/date')], { scope: 'lineage' })).toMatchObject({
        versions: [{ digest: digestNamed(next) }, { digest: digestNamed(third) }],
      });
      await decide([idOf('/bin/date')], { scope: 'lineage' });
      await follow();
      for (const image of [web, next, third]) expect(await stands(image), image).toEqual({ '/bin/date': 'confirmed' });
      const version = (await of.model('prod', third))?.version ?? 0;
      await decide([idOf('/bin/date')], { decision: 'undo' }, inEnvironment('prod', next));
      expect((await audited())[0]).toMatchObject({ detail: { from: [digestNamed(web)] } });
      await follow();
      for (const image of [web, next, third]) expect(await stands(image), image).toEqual({ '/bin/date': 'review' });
      expect((await of.model('prod', third))?.version).toBe(version + 1);
    });

    test('may be decided otherwise by themselves, which the versions after them take over', async () => {
      await see(web, ['/bin/date']);
      await decide([idOf('/bin/date')], { scope: 'lineage' });
      at.turnTo(after(13));
      await appear(next);
      at.turnTo(after(14));
      await appear(third);
      const inNext = inEnvironment('prod', next);
      await decide([idOf('/bin/date')], { decision: 'deny' }, inNext);
      await follow();
      expect([await stands(web), await stands(next), await stands(third)]).toEqual([
        { '/bin/date': 'confirmed' },
        { '/bin/date': 'denied' },
        { '/bin/date': 'confirmed' },
      ]);
      await decide([idOf('/bin/date')], { decision: 'deny', scope: 'lineage' }, inNext);
      // Before the third one heard of it, one after it appears: what was decided itself comes before what was taken over.
      at.turnTo(after(15));
      await appear('shop/web:4');
      expect(await stands('shop/web:4')).toEqual({ '/bin/date': 'denied' });
      await follow();
      expect(await stands(third)).toEqual({ '/bin/date': 'denied' });
      await decide([idOf('/bin/date')], { decision: 'undo' }, inNext);
      expect(await stands(next)).toEqual({ '/bin/date': 'confirmed' });
      await follow();
      expect(await stands(third)).toEqual({ '/bin/date': 'confirmed' });
    });

    test('of another environment or repository take over nothing', async () => {
      await see(web, ['/bin/date']);
      await decide([idOf('/bin/date')], { scope: 'lineage' });
      at.turnTo(after(13));
      await appear(next, 'dev-1');
      await appear('other/web:1');
      expect(await of.items('dev', next)).toEqual([]);
      expect(await of.items('prod', 'other/web:1')).toEqual([]);
    });

    test('know by one word on one line too, which reaches them unless it says otherwise', async () => {
      await see(web, ['/bin/date', '/bin/ls']);
      const keyOf = (path: string) => entryKeyOf({ dimension: 'process', path, caller: '/serve' });
      const one = async (path: string, more: object) =>
        await at.ask(api.decideEntry, {
          params: { id: model },
          body: { key: keyOf(path), decision: 'allow', ...more } as never,
        });
      expect((await one('/bin/date', {})).entry.decision).toEqual({ scope: 'lineage', reason: '' });
      await one('/bin/ls', { scope: 'digest' });
      at.turnTo(after(13));
      await appear(next);
      expect(await stands(next)).toEqual({ '/bin/date': 'confirmed' });
    });
  });
});
