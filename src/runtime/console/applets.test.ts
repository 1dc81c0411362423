import { afterAll, beforeAll, expect, test } from 'vitest';
import * as api from '../contract.ts';
import { entryKeyOf } from '../entry-key.ts';
import { modelIdIn } from '../model-id.ts';
import { behaviour, keyNamed, openTestRuntime, type TestRuntime } from './testing.ts';

const image = 'shop/web:1';
const id = modelIdIn(keyNamed(image), 'prod');
const fact = { dimension: 'process', path: '/bin/busybox', caller: '/bin/dash', shape: 'ls' } as const;
const known = { ...fact, applet: 'ls' } as const;
let at: TestRuntime;

beforeAll(async () => {
  at = await openTestRuntime();
  await at.run({ name: 'web', image, host: 'prod-1' });
});
afterAll(async () => await at.close());

async function report(seen: typeof fact | typeof known) {
  const reported = behaviour(image, {
    paths: [fact.path],
    hours: [at.now()],
    more: { fact: seen, key: entryKeyOf(seen) },
  });
  await at.report('prod-1', 'behaviour', [reported]);
  const { model } = await at.ask(api.getModel, { params: { id } });
  return model.evidence.items.map(({ fact: stated, anyApplet, state }) => ({
    applet: stated.dimension === 'process' ? stated.applet : undefined,
    anyApplet,
    state,
  }));
}

test('an older agent’s entry holds for any applet, and gives its place to that of a newer one', async () => {
  expect(await report(fact)).toEqual([{ applet: undefined, anyApplet: 'learned-before', state: 'confirmed' }]);
  expect(await report(known)).toEqual([{ applet: 'ls', anyApplet: undefined, state: 'confirmed' }]);
  // An older agent goes on telling it without.
  expect(await report(fact)).toEqual([{ applet: 'ls', anyApplet: undefined, state: 'confirmed' }]);
});
