import { expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import { createTestStore } from '#store/testing.ts';
import { listHosts } from '../contract.ts';
import { createInventory, inventorySchema } from './index.ts';
import { agentOf, containerFact, hostFact, imageFact, reportAs } from './testing.ts';

const pier = agentOf('pier-1', 'prod', { environments: ['prod', 'test'] });

test('the numbers of a host are of what on it its reader may see', async () => {
  const store = await createTestStore([accessSchema, linkSchema, inventorySchema]);
  try {
    await reportAs(store, pier, { kind: 'host', bodies: [hostFact()] });
    const images = ['shop/web:1', 'shop/web:2', 'bank/api:1', 'bank/api:2'].map((name) => imageFact(name));
    await reportAs(store, pier, { kind: 'image', bodies: [...images, imageFact('tool:1', { names: [] })] });
    const containers = [
      containerFact('web', 'shop/web:1'),
      containerFact('old-web', 'shop/web:1', { state: 'exited' }),
      containerFact('api', 'bank/api:1'),
      containerFact('tool', 'tool:1', { labels: { team: 'shop' } }),
    ];
    await reportAs(store, pier, { kind: 'container', bodies: containers });
    const failed = (name: string) => ({
      target: name,
      name,
      state: 'unscanned',
      code: 'target-corrupt',
      reason: 'Cut.',
    });
    await reportAs(store, pier, { kind: 'unscanned', bodies: ['shop/job:1', 'bank/job:1', 'bank/job:2'].map(failed) });
    for (const [id, selects] of Object.entries({
      shop: { repositories: ['docker.io/shop/*'] },
      team: { labels: ['team=shop'] },
      prod: { environments: ['prod'] },
    })) {
      const row = { id, name: id, description: '', selects: JSON.stringify(selects), environment: null };
      await store.query(accessSchema).insertInto('collection').values(row).execute();
    }
    const counts = async (collections?: readonly string[]) => {
      const principal = userNamed('ann', ['read'], collections);
      const { routes } = createInventory({ store });
      const { hosts } = await answerOf(routes, { endpoint: listHosts, input: { query: {} }, principal });
      return hosts.map((host) => Object.values(host.counts));
    };
    const whole = [5, 3, 4, 3];
    expect(await counts()).toEqual([whole]);
    expect(await counts(['prod'])).toEqual([whole]);
    expect(await counts(['shop'])).toEqual([[2, 1, 2, 1]]);
    expect(await counts(['team'])).toEqual([[1, 1, 1, 0]]);
    expect(await counts(['shop', 'team'])).toEqual([[3, 2, 3, 1]]);
    expect(await counts(['none'])).toEqual([]);
  } finally {
    await store.close();
  }
});
