import { expect, it } from 'vitest';
import { stateFolder } from './state-folder.ts';

it.each([
  [0, { XDG_DATA_HOME: '/home/ann/data', HOME: '/root' }, '/var/lib/seawall'],
  [1000, { XDG_DATA_HOME: '/home/ann/data', HOME: '/home/ann' }, '/home/ann/data/seawall'],
  [1000, { HOME: '/home/ann' }, '/home/ann/.local/share/seawall'],
  [1000, { XDG_DATA_HOME: 'data', HOME: '/home/ann' }, '/home/ann/.local/share/seawall'],
])('keeps the state of user %i in its place', (uid, environment, folder) => {
  expect(stateFolder(environment, uid)).toBe(folder);
});
