import { expect, test } from 'vitest';
import { overlayLayers } from './overlay-layers.ts';

const line = (place: string, options: string) =>
  `612 29 0:61 / ${place} rw,relatime shared:300 - overlay overlay rw,${options}`;

test('the image is lowest and comes first, what the engine put above it last', () => {
  const text = line(
    '/d/overlay2/ab/merged',
    'lowerdir=/d/ab-init/diff:/d/two/diff:/d/one/diff,upperdir=/d/ab/diff,workdir=/w',
  );
  expect(overlayLayers(text, '/d/overlay2/ab/merged')).toEqual(['/d/one/diff', '/d/two/diff', '/d/ab-init/diff']);
  expect(overlayLayers(text, '/d/overlay2/cd/merged')).toBeUndefined();
});

test.each([
  [
    'overlay2',
    'lowerdir=l/INIT:l/TWO:l/ONE,upperdir=/d/overlay2/ab/diff',
    ['/d/overlay2/l/ONE', '/d/overlay2/l/TWO', '/d/overlay2/l/INIT'],
  ],
  ['containerd', 'lowerdir=7/fs:6/fs,upperdir=/c/snapshots/9/fs', ['/c/snapshots/6/fs', '/c/snapshots/7/fs']],
  ['a kernel that names them one by one', 'lowerdir+=/b,lowerdir+=/a,upperdir=/u/fs', ['/a', '/b']],
  ['a folder with a colon and a blank in it', String.raw`lowerdir=/a\:b\0401:/c,upperdir=/u/fs`, ['/c', '/a:b 1']],
])('names are read as %s writes them', (_, options, expected) => {
  expect(overlayLayers(line('/m', options), '/m')).toEqual(expected);
});

test('the mount on top counts, and only an overlay', () => {
  const below = line('/m', 'lowerdir=/a,upperdir=/u/fs');
  expect(overlayLayers(`${below}\n${line('/m', 'lowerdir=/b,upperdir=/u/fs')}`, '/m')).toEqual(['/b']);
  expect(overlayLayers(`${below}\n9 1 0:9 / /m rw - tmpfs tmpfs rw`, '/m')).toBeUndefined();
});
