import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Finding, riskOf } from '#vulnerability/index.ts';
import {
  contextPoints,
  contextsIn,
  environmentKind,
  pointsWithoutContext,
  riskInContexts,
  vectorsOf,
} from './risk-in-context.ts';
import { contexts, facts } from './testing.ts';

describe('risk in context', () => {
  test('adds up to what the formula gives with that context, for 10,000 findings', () => {
    fc.assert(
      fc.property(facts, contexts, fc.boolean(), ({ score, vectors, ...input }, context, loaded) => {
        const facts = { ...input, severity: 'medium', scores: [score], attackVectors: vectors } as const;
        const finding = findingOf(riskOf({ ...facts, context: {} }).points, vectors);
        const runs = (context.containers ?? 0) > 0;
        const expected = riskOf({ ...facts, context: loaded && runs ? { ...context, use: 'loaded' } : context });
        const risk = riskInContexts(finding, [context], loaded ? 'loaded' : 'unknown');
        expect(risk.points).toEqual(inHundredths(expected.points));
        expect(risk.score).toBeCloseTo(
          Object.values(risk.points).reduce((sum, points) => sum + points, 0),
          9,
        );
        expect(Math.abs(risk.score - expected.score)).toBeLessThanOrEqual(0.06);
        const { points, reach, loaded: use, other } = contextPoints(context);
        const stored =
          pointsWithoutContext(finding) + points + (reach[vectorsOf(finding)] ?? 0) + (loaded ? use : other);
        expect(stored / 100).toBe(risk.score);
      }),
      { numRuns: 10_000 },
    );
  });

  test('takes the group where it is highest, never a mix of two', () => {
    const finding = findingOf(riskOf({ ...plain, context: {} }).points, ['N']);
    const [far, near] = [
      { exposure: 'internet', escape: 'none' },
      { exposure: 'none', escape: 'full' },
    ] as const;
    const both = riskInContexts(finding, contextsIn('prod', [near, far], 3), 'unknown');
    expect(both).toEqual(riskInContexts(finding, contextsIn('prod', [far], 3), 'unknown'));
    expect([both.points['reach'], both.points['escape']]).toEqual([14, 0]);
  });

  test('leaves as published what nothing runs where the environment says nothing', () => {
    const finding = findingOf(riskOf({ ...plain, context: {} }).points, ['N']);
    expect(riskInContexts(finding, contextsIn('', [], 0), 'unknown')).toEqual(finding.risk);
    expect(riskInContexts(finding, contextsIn('prod', [], 0), 'unknown').score).toBeLessThan(finding.risk.score);
  });

  test('knows environments by their names', () => {
    const kinds = ['prod', 'production-eu', 'staging', 'integration', 'uat', 'dev', 'develop', 'ci', 'blue', 'tested'];
    expect(kinds.map(environmentKind)).toEqual([
      'production',
      'production',
      'test',
      'test',
      'test',
      'development',
      'development',
      'development',
      undefined,
      undefined,
    ]);
  });
});

const plain = {
  epss: 0.3,
  kev: 'not-listed',
  severity: 'high',
  scores: [7.5],
  attackVectors: ['N'],
  fix: 'exists',
} as const;

function findingOf(
  points: Readonly<Record<string, number>>,
  vectors: readonly string[],
): Pick<Finding, 'risk' | 'cvss'> {
  const rounded = inHundredths(points);
  const sum = Object.values(rounded).reduce((total, one) => total + Math.round(one * 100), 0);
  return {
    risk: { score: sum / 100, points: rounded },
    cvss: vectors.map((vector) => ({ source: vector, version: '3.1', vector: `CVSS:3.1/AV:${vector}/AC:L`, score: 5 })),
  };
}

function inHundredths(points: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(points).map(([factor, value]) => [factor, Math.round(value * 100) / 100]));
}
