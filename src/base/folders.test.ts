import { expect, test } from 'vitest';
import { cacheFolder, stateFolder } from './folders.ts';

test.each([
  [{}, 0, '/var/lib/seawall', '/var/cache/seawall'],
  [{ XDG_DATA_HOME: '/x' }, 0, '/var/lib/seawall', '/var/cache/seawall'],
  [{ HOME: '/home/mara' }, 1000, '/home/mara/.local/share/seawall', '/home/mara/.cache/seawall'],
  [{ HOME: '/home/mara', XDG_DATA_HOME: '/data', XDG_CACHE_HOME: '/fast' }, 1000, '/data/seawall', '/fast/seawall'],
  [
    { HOME: '/home/mara', XDG_DATA_HOME: 'relative' },
    1000,
    '/home/mara/.local/share/seawall',
    '/home/mara/.cache/seawall',
  ],
])('%o as uid %i keeps its state in %s', (environment, uid, state, cache) => {
  expect([stateFolder(environment, uid), cacheFolder(environment, uid)]).toEqual([state, cache]);
});
