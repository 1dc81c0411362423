import { expect, test } from 'vitest';
import { baseOf } from './base.ts';

const layers = ['a', 'b', 'c'].map((diffId, index) => ({ index, diffId, size: 1 }));
const bases = [
  { id: 'small', name: 'Small', diffIds: ['a'] },
  { id: 'large', name: 'Large', diffIds: ['a', 'b'] },
  { id: 'other', name: 'Other', diffIds: ['x'] },
];

function found(proofs: Readonly<Record<string, string>>) {
  const proven = Object.entries(proofs).map(([base, state]) => ({ base, state, why: `proof of ${base}` }));
  return baseOf({ layers } as never, { provenance: { bases: proven } } as never, { bases } as never);
}

test('only a proven base tells base layers from own ones, the largest of several', () => {
  expect(found({ small: 'proven', large: 'proven' })).toEqual({
    id: 'large',
    name: 'Large',
    layers: 2,
    why: 'proof of large',
  });
  expect(found({ small: 'proven', large: 'disproven' })).toMatchObject({ name: 'Small', layers: 1 });
  expect(found({ small: 'unknown' })).toBeUndefined();
});

test('a base whose layers the image does not begin with tells nothing', () => {
  expect(found({ other: 'proven' })).toBeUndefined();
});
