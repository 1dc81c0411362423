import { describe, expect, it } from 'vitest';
import { axisFigures, axisWidth, figure, fromFirstKnown, topOf } from './chart-data.ts';

describe('the axis of a chart', () => {
  it('has room for every value and the limit, and is never flat', () => {
    expect(topOf({ points: [{ x: 1, y: 10 }] })).toBeGreaterThan(10);
    expect(topOf({ points: [{ x: 1, y: 10 }], limit: { y: 40, name: 'limit' } })).toBeGreaterThan(40);
    expect(topOf({ points: [{ x: 1, y: 0 }] })).toBe(1);
    expect(topOf({ points: [] })).toBe(1);
  });

  it('has a figure of its own at every line, however small the values', () => {
    expect(axisFigures([0, 20, 40])).toEqual(['0', '20', '40']);
    expect(axisFigures([0, 10_000, 20_000])).toEqual(['0', '10K', '20K']);
    for (const step of [50, 1, 0.5, 0.02, 0.005, 0.0002, 0.000_005]) {
      const figures = axisFigures([0, step, 2 * step]);
      expect(new Set(figures).size, String(step)).toBe(3);
      expect(figures.map(Number), String(step)).toEqual([0, step, 2 * step]);
      for (const one of figures) expect(one).toMatch(/^[\d.]+$/);
      expect(axisWidth(figures)).toBeGreaterThanOrEqual(12 + 6 * Math.max(...figures.map(({ length }) => length)));
    }
  });

  it('rounds no value to nothing', () => {
    expect([0, 0.000_01, 0.0251, 0.5, 1, 12.34, 41, 1234.5].map(figure)).toEqual([
      '0',
      '<0.001',
      '0.025',
      '0.5',
      '1',
      '12.3',
      '41',
      '1,235',
    ]);
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
