import { describe, expect, it } from 'vitest';
import type { DiffId, ImageDigest } from '#base/index.ts';
import type { ImageSubject } from '#image/contract.ts';
import { coursesOf, readable } from './wall.ts';

const digest = (fill: string) => `sha256:${fill.repeat(64)}`;
const image: ImageSubject = {
  kind: 'image',
  digest: digest('a') as ImageDigest,
  platform: { os: 'linux', architecture: 'amd64' },
  names: [],
  layers: [
    { index: 0, diffId: digest('0') as DiffId, size: 80_000_000, createdBy: 'ADD rootfs.tar /' },
    { index: 1, diffId: digest('1') as DiffId, size: 100, createdBy: 'COPY a /a' },
  ],
  history: [
    { createdBy: 'ADD rootfs.tar /', layer: 0 },
    { createdBy: '/bin/sh -c #(nop)  ENV A=1' },
    { createdBy: 'USER 1000' },
    { createdBy: 'COPY a /a', layer: 1 },
    { createdBy: 'ENTRYPOINT ["/a"]' },
  ],
  settings: { entrypoint: [], command: [], exposedPorts: [], healthcheck: false, labels: {} },
};

describe('coursesOf', () => {
  it('stacks the newest on top, taller when larger, with the settings that follow each layer', () => {
    const counts = { critical: 1, high: 0, medium: 0, low: 0, negligible: 0, unrated: 0, suppressed: 0 };
    const courses = coursesOf(image, [{ index: 0, packages: 88, counts }]);
    expect(courses.map((course) => [course.layer.index, course.packages, course.counts.critical])).toEqual([
      [1, 0, 0],
      [0, 88, 1],
    ]);
    expect(courses.map((course) => course.settings)).toEqual([['ENTRYPOINT ["/a"]'], ['ENV A=1', 'USER 1000']]);
  });

  it.each([
    [200_000_000, 100_000_000, 0.5],
    [198_000_000, 12_000_000, 12 / 198],
  ])('draws %i and %i bytes to one scale', (larger, smaller, share) => {
    const [first, second] = image.layers;
    const layers = [first, second].flatMap((layer, at) =>
      layer ? [{ ...layer, size: at === 0 ? larger : smaller }] : [],
    );
    const [top, bottom] = coursesOf({ ...image, layers }, []).map((course) => course.height);
    expect((top ?? 0) / (bottom ?? 1)).toBeCloseTo(share, 1);
  });

  it('draws a line for a few bytes and nothing for none', () => {
    const layers = image.layers.map((layer) => (layer.index === 1 ? { ...layer, size: 0 } : layer));
    expect(coursesOf(image, [])[0]?.height).toBeGreaterThan(0);
    expect(coursesOf({ ...image, layers }, [])[0]?.height).toBe(0);
  });
});

describe('readable', () => {
  it.each([
    ['/bin/sh -c #(nop) ADD file:1 in / ', 'ADD file:1 in /'],
    ['/bin/sh -c apt-get update   && true', 'RUN apt-get update && true'],
    ['RUN /bin/sh -c make # buildkit', 'RUN make'],
    ['COPY a /a # buildkit', 'COPY a /a'],
  ])('%s', (step, text) => {
    expect(readable(step)).toBe(text);
  });
});
