import { describe, expect, it } from 'vitest';
import { changeWithin } from './trend.tsx';

describe('changeWithin', () => {
  const values = [
    { at: '2026-11-10T00:00:00Z', value: 4 },
    { at: '2026-11-16T00:00:00Z', value: 9 },
    { at: '2026-11-24T00:00:00Z', value: 7 },
  ];

  it('compares with what was known then', () => {
    expect(changeWithin(values, 7)).toBe(-2);
    expect(changeWithin(values, 14)).toBe(3);
  });

  it('says nothing of a time that nothing is known of', () => {
    expect(changeWithin(values, 30)).toBeUndefined();
    expect(changeWithin([], 7)).toBeUndefined();
  });
});
