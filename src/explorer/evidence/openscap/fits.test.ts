import { describe, expect, test } from 'vitest';
import type { ImageDigest } from '#base/index.ts';
import { fitsTarget } from './fits.ts';

const hex = '4f1c9ab0c2d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e';

describe('the target that a file names', () => {
  test.each([
    ['quay-1', 'quay-1', true],
    ['QUAY-1', 'quay-1', true],
    ['quay-1.', 'quay-1', true],
    [' quay-1 ', 'quay-1', true],
    ['quay-1.harbour.example', 'quay-1', true],
    ['quay-1', 'quay-1.harbour.example', true],
    ['quay-1.harbour.example', 'quay-1.other.example', false],
    ['quay-1.harbour.example', 'quay-1.harbour', false],
    ['quay-10', 'quay-1', false],
    ['quay-1', 'quay-10', false],
    ['quay', 'quay-1', false],
    ['', 'quay-1', false],
    ['.', 'quay-1', false],
    ['harbour.example', 'quay-1', false],
    ['unknown', 'quay-1', false],
    [`podman-image://${hex} [quay-1]`, 'quay-1', false],
  ])('%s fits host %s: %s', (name, host, fits) => {
    expect(fitsTarget([name], { kind: 'host', name: host })).toBe(fits);
  });

  test.each([
    [`sha256:${hex}`, true],
    [`podman-image://${hex} [surge/app:7]`, true],
    [`docker-image://${hex.slice(0, 12)}`, true],
    [hex.toUpperCase(), true],
    [hex.slice(0, 11), false],
    [hex.slice(1), false],
    [`${hex}0`, false],
    [`${hex.slice(0, 20)}f`, false],
    ['surge/app:7', false],
    ['quay-1', false],
    ['', false],
  ])('%s fits the image: %s', (name, fits) => {
    const digest = `sha256:${hex}` as ImageDigest;
    expect(fitsTarget([name], { kind: 'image', digest })).toBe(fits);
  });

  test('one of several names is enough', () => {
    expect(fitsTarget(['localhost', 'quay-1'], { kind: 'host', name: 'quay-1' })).toBe(true);
    expect(fitsTarget(['localhost', 'pier-1'], { kind: 'host', name: 'quay-1' })).toBe(false);
  });
});
