import { expect, it } from 'vitest';
import type { StoredResult } from '#compliance/contract.ts';
import { headlineOf, makerOf, notReported, remediesFor } from './check-words.ts';
import { statusOf } from './status.ts';

const result = (state: StoredResult['state'], more: Partial<StoredResult> = {}): StoredResult => ({
  id: state,
  version: 1,
  state,
  document: 'inspect',
  evidence: [],
  ...more,
});
const headline = (...states: readonly StoredResult['state'][]) =>
  headlineOf(
    statusOf(
      states.map((state, at) => result(state, { id: `${state}-${at}` })),
      [],
    ),
  );

it('only a subject of which every check gave an answer passes', () => {
  expect(headline('pass', 'pass', 'not-applicable')).toMatchObject({ state: 'pass', sentence: '2 checks pass.' });
  for (const open of ['not-assessed', 'error'] as const)
    expect(headline('pass', open)).toMatchObject({ state: 'unknown', word: 'Not known' });
  expect(headline()).toMatchObject({ state: 'unknown' });
  expect(headline('not-applicable')).toMatchObject({ state: 'unknown' });
  expect(headline('pass', 'warn')).toMatchObject({ state: 'partly', word: '1 warning' });
});

it('a failure is said first, with what has no answer', () => {
  expect(headline('pass', 'fail', 'not-assessed', 'error')).toMatchObject({
    state: 'fail',
    word: '1 check fails',
    sentence: 'The worst is of a severity that is not known here. 2 checks have no answer.',
  });
});

it('what to change is told first to the one who asks', () => {
  const remedy = { docker: 'a', compose: 'b', host: 'c' };
  expect(remediesFor(remedy, 'compose').map(([who]) => who)).toEqual(['compose', 'docker', 'host']);
  expect(remediesFor(remedy, 'kubernetes').map(([who]) => who)).toEqual(['docker', 'compose', 'host']);
  expect(makerOf({ 'com.docker.compose.project': 'shop' })).toBe('compose');
  expect(makerOf({ 'io.kubernetes.pod.name': 'shop-1', 'com.docker.compose.project': 'x' })).toBe('kubernetes');
  expect(makerOf({})).toBe('docker');
});

it('a container that ended is not said to wait for its host', () => {
  expect(notReported('container', false).why).toContain('does not run');
  expect(notReported('container', true).why).toContain('has not reported');
});
