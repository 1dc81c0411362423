import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallInput } from '#http/index.ts';
import { createUser, deleteCollection, listAudit, listCollections, putCollection } from '../contract.ts';
import { when } from '#store/index.ts';
import { collectionsChanged, readCollections } from './index.ts';
import { type Caller, openTestAccess, type TestAccess } from './testing.ts';

type Body = CallInput<typeof putCollection>['body'];

describe('collections', () => {
  let test: TestAccess;
  let administrator: Caller;
  let operator: Caller;
  const announced: string[] = [];

  beforeAll(async () => {
    test = await openTestAccess();
    administrator = await test.signedIn();
    operator = await test.token({ role: 'operator' });
    await test.store.start([when(collectionsChanged, 'note', async ({ id }) => void announced.push(id))]);
  });
  afterAll(() => test.close());

  const put = (id: string, body: Partial<Body>, who = operator) =>
    who(putCollection, { params: { id }, body: { name: id, selects: {}, ...body } });
  const remove = (id: string, who = operator) => who(deleteCollection, { params: { id } });

  it('begins with everything, which stays as it is', async () => {
    expect((await operator(listCollections)).collections).toMatchObject([{ id: 'all', selects: {} }]);
    await expect(put('all', { selects: { images: ['none'] } })).rejects.toMatchObject({ code: 'built-in' });
    await expect(remove('all')).rejects.toMatchObject({ code: 'built-in' });
  });

  it('makes, changes and deletes, and tells the trail and the other domains', async () => {
    const shop = { selects: { repositories: ['docker.io/shop/*', '-docker.io/shop/test-*'], labels: ['team=shop'] } };
    await put('shop', shop);
    await put('shop', { ...shop, description: 'What the shop runs.' });
    await put('shop', { ...shop, description: 'What the shop runs.' });
    expect((await readCollections(test.store))[1]).toEqual({
      id: 'shop',
      name: 'shop',
      description: 'What the shop runs.',
      ...shop,
    });
    await remove('shop');
    await expect(remove('shop')).rejects.toMatchObject({ code: 'not-found' });
    expect(await readCollections(test.store)).toHaveLength(1);
    const { entries } = await administrator(listAudit, { query: { search: 'collection' } });
    expect(entries).toMatchObject([
      { action: 'collection-deleted', target: { kind: 'collection', id: 'shop' } },
      { action: 'collection-changed', detail: { before: { description: '' }, after: shop } },
      { action: 'collection-made' },
    ]);
    await expect.poll(() => announced.filter((id) => id === 'shop').length, { timeout: 10_000 }).toBe(3);
  });

  it('lets only hosts give an environment, because others write names and labels', async () => {
    await put('pier', { selects: { hosts: ['pier-*'], images: [] }, environment: 'prod' });
    expect(await readCollections(test.store)).toContainEqual(expect.objectContaining({ environment: 'prod' }));
    for (const selects of [
      {},
      { hosts: [] },
      { images: ['*'] },
      { hosts: ['pier-*'], labels: ['prod=yes'] },
      { hosts: ['pier-*'], environments: ['dev'] },
    ])
      await expect(put('pier', { selects, environment: 'prod' }), JSON.stringify(selects)).rejects.toMatchObject({
        code: 'bad-request',
        message: 'Only a collection that selects by hosts alone gives an environment.',
      });
  });

  it('is kept while a user, a token or another domain names it', async () => {
    await put('kept', {});
    await administrator(createUser, { body: { name: 'bob', role: 'developer', collections: ['kept'] } });
    await test.token({ name: 'board', role: 'developer', collections: ['all', 'kept'] });
    test.usedBy.set('kept', ['policy "Storm gate"']);
    await expect(remove('kept')).rejects.toMatchObject({
      code: 'in-use',
      message: 'kept is named by user "bob", token "board", policy "Storm gate".',
    });
    expect(await readCollections(test.store)).toContainEqual(expect.objectContaining({ id: 'kept' }));
  });

  it('shows a part of the estate to who sees only that, and lets him change none', async () => {
    await put('mine', {});
    const scoped = await test.token({ role: 'operator', collections: ['mine'] });
    expect((await scoped(listCollections)).collections.map(({ id }) => id)).toEqual(['mine']);
    await expect(put('mine', { selects: { images: ['*'] } }, scoped)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(put('more', {}, scoped)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(remove('mine', scoped)).rejects.toMatchObject({ code: 'not-allowed' });
  });
});
