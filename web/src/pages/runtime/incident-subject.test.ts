import { describe, expect, it } from 'vitest';
import { isReported, subjectOf } from './incident-subject.ts';

const container = { id: 'a1', name: 'prod-1' };

describe('what an incident is about', () => {
  it('is the whole host where a part of Seawall stands in the place of an image', () => {
    for (const image of ['', 'seawall agent', 'seawall-runc'])
      expect(subjectOf({ container: { ...container, image } }), image).toBe('host');
    expect(subjectOf({ container: { ...container, image: 'shop/web:1' } })).toBe('container');
    expect(subjectOf({ container: { ...container, image: 'seawall console' } })).toBe('console');
    const imageDigest = `sha256:${'0'.repeat(64)}` as never;
    expect(subjectOf({ container: { ...container, image: '' }, imageDigest })).toBe('container');
  });

  it('is told by the console or a gate alone, or is what processes did', () => {
    expect(isReported([{ detector: 'protection' }])).toBe(true);
    expect(isReported([{ detector: 'evidence-log' }])).toBe(true);
    expect(isReported([{ detector: 'gate' }, { detector: 'claims' }])).toBe(true);
    expect(isReported([{ detector: 'gate' }, { detector: 'drift' }])).toBe(false);
    expect(isReported([])).toBe(false);
  });
});
