import { expect, test } from 'vitest';
import { cacheFolder, stateFolder } from './folders.ts';

test.each([
  { environment: {}, uid: 0, state: '/var/lib/seawall', cache: '/var/cache/seawall' },
  { environment: { XDG_DATA_HOME: '/x' }, uid: 0, state: '/var/lib/seawall', cache: '/var/cache/seawall' },
  {
    environment: { HOME: '/home/mara' },
    uid: 1000,
    state: '/home/mara/.local/share/seawall',
    cache: '/home/mara/.cache/seawall',
  },
  {
    environment: { HOME: '/home/mara', XDG_DATA_HOME: '/data', XDG_CACHE_HOME: '/fast' },
    uid: 1000,
    state: '/data/seawall',
    cache: '/fast/seawall',
  },
  { environment: { SEAWALL_STATE: '/srv/seawall' }, uid: 0, state: '/srv/seawall', cache: '/var/cache/seawall' },
  { environment: { SEAWALL_STATE: 'relative' }, uid: 0, state: '/var/lib/seawall', cache: '/var/cache/seawall' },
  {
    environment: { HOME: '/home/mara', XDG_DATA_HOME: 'relative' },
    uid: 1000,
    state: '/home/mara/.local/share/seawall',
    cache: '/home/mara/.cache/seawall',
  },
])('$environment as uid $uid keeps its state in $state', ({ environment, uid, state, cache }) => {
  expect([stateFolder(environment, uid), cacheFolder(environment, uid)]).toEqual([state, cache]);
});
