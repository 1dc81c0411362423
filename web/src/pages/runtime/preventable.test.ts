import { expect, test } from 'vitest';
import { detectors } from '#runtime/detectors/index.ts';
import { preventableOf } from './preventable.ts';

const of = (
  detector: string,
  more: { readonly outcome?: 'observed' | 'refused'; readonly notice?: boolean; readonly also?: string[] } = {},
) => ({
  detector,
  outcome: 'observed' as const,
  notice: false,
  ...more,
});

test('a rule is offered for each detector whose part of a rule may prevent', () => {
  const expected = { drift: 'drift', code: 'code', process: 'process', tool: 'process' } as const;
  for (const { id, aspect } of detectors) {
    const field = aspect in expected ? expected[aspect as keyof typeof expected] : undefined;
    expect([id, preventableOf([of(id)])]).toEqual([id, field]);
  }
});

test('nothing is offered for what was prevented already, or only noted', () => {
  expect(preventableOf([of('drift', { outcome: 'refused' })])).toBeUndefined();
  expect(preventableOf([of('drift', { notice: true })])).toBeUndefined();
  expect(preventableOf([of('miner', { also: ['drift'] })])).toBe('drift');
});
