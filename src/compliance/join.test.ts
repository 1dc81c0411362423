import { describe, expect, test } from 'vitest';
import type { CheckResult } from './evaluate.ts';
import { joinDocuments } from './join.ts';

const states = ['pass', 'fail', 'warn', 'not-applicable', 'not-assessed', 'error'] as const;
type State = (typeof states)[number];

function resultOf(state: State): CheckResult {
  return { id: 'T-1', version: 1, state, evidence: [], seen: [], reason: '' } as unknown as CheckResult;
}

function joinedOf(
  configured: State,
  effective: State,
): { readonly state: string; readonly by: string; readonly otherwise: string } {
  const [result] = joinDocuments([
    { document: 'inspect', results: [resultOf(configured)] },
    { document: 'effective', results: [resultOf(effective)] },
  ]);
  const otherwise = (result?.otherwise ?? []).map(({ document, state }) => `${document} ${state}`).join();
  return { state: result?.state ?? '', by: result?.document ?? '', otherwise };
}

describe('two documents of one subject', () => {
  test.each<readonly [State, State, string, string, string]>([
    ['pass', 'fail', 'fail', 'effective', 'inspect pass'],
    ['fail', 'pass', 'fail', 'inspect', 'effective pass'],
    ['fail', 'fail', 'fail', 'inspect', ''],
    ['warn', 'fail', 'fail', 'effective', 'inspect warn'],
    ['pass', 'warn', 'warn', 'effective', 'inspect pass'],
    ['pass', 'pass', 'pass', 'inspect', ''],
    ['not-assessed', 'pass', 'pass', 'effective', ''],
    ['pass', 'not-assessed', 'pass', 'inspect', ''],
    ['not-assessed', 'fail', 'fail', 'effective', ''],
    ['not-applicable', 'pass', 'pass', 'effective', ''],
    ['not-applicable', 'not-assessed', 'not-applicable', 'inspect', ''],
    ['error', 'pass', 'error', 'inspect', 'effective pass'],
    ['pass', 'error', 'error', 'effective', 'inspect pass'],
    ['warn', 'error', 'error', 'effective', 'inspect warn'],
    ['fail', 'error', 'fail', 'inspect', ''],
    ['not-applicable', 'error', 'error', 'effective', ''],
    ['error', 'not-assessed', 'error', 'inspect', ''],
    ['not-assessed', 'not-assessed', 'not-assessed', 'inspect', ''],
  ])('configured %s, in effect %s: %s by %s', (...[configured, effective, state, by, otherwise]) => {
    expect(joinedOf(configured, effective)).toEqual({ state, by, otherwise });
  });

  test('never pass where one could not be judged, whatever their order', () => {
    for (const other of states) {
      expect(['error', 'fail']).toContain(joinedOf('error', other).state);
      expect(['error', 'fail']).toContain(joinedOf(other, 'error').state);
    }
  });

  test('never pass where one fails, whatever their order', () => {
    for (const other of states) {
      expect(joinedOf('fail', other).state).toBe('fail');
      expect(joinedOf(other, 'fail').state).toBe('fail');
    }
  });
});
