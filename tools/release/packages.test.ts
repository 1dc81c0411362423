import { expect, test } from 'vitest';
import { type Lock, placesOf } from './packages.ts';

const lock: Lock = new Map([
  ['', { dependencies: { server: '1' } }],
  [
    'node_modules/server',
    {
      dependencies: { shared: '1', '@scope/tool': '1' },
      peerDependencies: { peer: '1', absent: '1' },
      peerDependenciesMeta: { absent: { optional: true } },
    },
  ],
  ['node_modules/@scope/tool', { dependencies: { shared: '2' } }],
  ['node_modules/@scope/tool/node_modules/shared', { dependencies: { deep: '1', near: '1' } }],
  ['node_modules/@scope/tool/node_modules/near', {}],
  ['node_modules/near', {}],
  ['node_modules/shared', { optionalDependencies: { native: '1' } }],
  ['node_modules/peer', {}],
  ['node_modules/deep', { dependencies: { server: '1' } }],
  ['node_modules/absent', {}],
  ['node_modules/other', {}],
]);

test('a package brings what it needs, the nearest one, peers and a circle among it', () => {
  expect(placesOf(lock, ['server'])).toEqual([
    'node_modules/@scope/tool',
    'node_modules/@scope/tool/node_modules/near',
    'node_modules/@scope/tool/node_modules/shared',
    'node_modules/deep',
    'node_modules/peer',
    'node_modules/server',
    'node_modules/shared',
  ]);
});

test('a name that is not locked is no package', () => {
  expect(() => placesOf(lock, ['unknown'])).toThrow('unknown is not in package-lock.json.');
});
