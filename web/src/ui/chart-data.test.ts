import { describe, expect, it } from 'vitest';
import { fromFirstKnown, topOf } from './chart-data.ts';

describe('the axis of a chart', () => {
  it('has room for every value and the limit, and is never flat', () => {
    expect(topOf({ points: [{ x: 1, y: 10 }] })).toBeGreaterThan(10);
    expect(topOf({ points: [{ x: 1, y: 10 }], limit: { y: 40, name: 'limit' } })).toBeGreaterThan(40);
    expect(topOf({ points: [{ x: 1, y: 0 }] })).toBe(1);
    expect(topOf({ points: [] })).toBe(1);
  });
});

describe('what is drawn on day one', () => {
  const isKnown = ({ images }: { readonly images: number }): boolean => images > 0;

  it('begins with the first value that is known, so that no rise from zero is drawn', () => {
    const points = [{ images: 0 }, { images: 0 }, { images: 4 }, { images: 0 }, { images: 5 }];
    expect(fromFirstKnown(points, isKnown)).toEqual(points.slice(2));
    expect(fromFirstKnown([{ images: 0 }], isKnown)).toEqual([]);
  });
});
