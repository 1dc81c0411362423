import { expect, test } from 'vitest';
import { modelsStatus } from './models-status.ts';

const none = { unknown: 0, unprotected: 0, partly: 0, protected: 0, watched: 0 };
const of = (all: Partial<typeof none>, total = 3, learning = 0) =>
  modelsStatus({ protection: { all: { ...none, ...all } }, total, learning });

test('models are unknown while no sensor watches what runs, and green only where all is watched and learned', () => {
  expect(of({ unknown: 2 })).toEqual({ kind: 'unwatched', state: 'unknown', unknown: 2 });
  expect(modelsStatus({ protection: undefined, total: 3, learning: 0 })).toMatchObject({
    kind: 'unread',
    state: 'unknown',
  });
  expect(of({ watched: 1 }, 0)).toMatchObject({ kind: 'none', state: 'unknown' });
  expect(of({ watched: 1, unknown: 1 })).toEqual({ kind: 'known', state: 'unknown', unknown: 1 });
  expect(of({ watched: 1 }, 3, 1)).toMatchObject({ kind: 'known', state: 'partly' });
  expect(of({ protected: 1 })).toMatchObject({ kind: 'known', state: 'pass' });
});
