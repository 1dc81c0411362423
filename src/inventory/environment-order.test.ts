import { expect, test } from 'vitest';
import { compareEnvironments } from './environment-order.ts';

test('environments stand in the order of what depends on them', () => {
  const mixed = ['dev', 'zoo', 'test', undefined, 'prod-eu', 'integration', 'prod', 'arena', 'ci', 'dev-2'];
  expect(
    mixed
      .map((name) => ({ name }))
      .toSorted((a, b) => compareEnvironments(a.name, b.name))
      .map(({ name }) => name),
  ).toEqual(['prod', 'prod-eu', undefined, 'arena', 'zoo', 'integration', 'test', 'ci', 'dev', 'dev-2']);
  expect(compareEnvironments('dev', 'dev')).toBe(0);
  expect(compareEnvironments(undefined, undefined)).toBe(0);
});
