import { expect, test } from 'vitest';
import { parseScopeFilter, rankedQuery, scopeQuery } from './scope-filter.ts';

test('an environment is ranked by what runs there, unless the address asks for what lies on disk', () => {
  expect(rankedQuery({}, 'prod').running).toBe('true');
  expect(rankedQuery({ running: 'no' }, 'prod').running).toBe('false');
  expect(rankedQuery({ running: 'any' }, 'prod').running).toBeUndefined();
  expect(rankedQuery({}, undefined).running).toBeUndefined();
  expect(rankedQuery({}, 'none').running).toBeUndefined();
  expect(scopeQuery({}, 'prod').running).toBeUndefined();
  expect(parseScopeFilter({ running: 'any' }).running).toBe('any');
});

test('ranks file systems of hosts by themselves, though no container runs them', () => {
  expect(rankedQuery({ kind: 'hosts', running: 'yes' }, 'prod')).toMatchObject({
    kind: 'file-system',
    running: undefined,
    environment: 'prod',
  });
  expect(rankedQuery({}, 'prod').kind).toBeUndefined();
});
