import { expect, test } from 'vitest';
import { librariesOf } from './library-versions.ts';

test('Node needs of each library the newest version whose symbols it names; how-tos promise that of glibc', () => {
  expect(librariesOf([process.execPath])).toBe('libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 5.1)');
});
