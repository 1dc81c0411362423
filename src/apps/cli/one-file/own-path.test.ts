import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ownPath } from './own-path.ts';

test.each([
  { called: '/opt/seawall', path: '/usr/bin', place: '/opt/seawall' },
  { called: './seawall', path: '/usr/bin', place: resolve('seawall') },
  { called: './sh', path: '/bin', place: resolve('sh') },
  { called: 'sh', path: '/nowhere:/bin:/usr/bin', place: '/bin/sh' },
  { called: 'no-such-program', path: '/bin', place: resolve('no-such-program') },
  { called: 'sh', path: undefined, place: resolve('sh') },
])('$called with the path $path is $place', ({ called, path, place }) => {
  expect(ownPath(called, path)).toBe(place);
});
