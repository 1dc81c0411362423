import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hashedBefore } from './hashed-before.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-hashed-'));
afterAll(() => rmSync(folder, { recursive: true }));
const env = { XDG_CACHE_HOME: folder };

describe('digests of earlier scans', () => {
  test('are used from this user’s own cache, and the result tells for what', () => {
    const before = hashedBefore({ options: {}, env });
    expect(before.forImage?.cacheFolder).toBe(join(folder, 'seawall'));
    expect(before.found).toEqual({ image: 'now', database: 'now' });
    before.forDatabase?.onRecall?.();
    expect(before.found).toEqual({ image: 'now', database: 'before' });
    before.forImage?.onRecall?.();
    expect(before.found).toEqual({ image: 'before', database: 'before' });
  });

  test.each([{ verify: true }, { cache: false }])('are not used with %j', (options) => {
    const { forImage, forDatabase } = hashedBefore({ options, env });
    expect([forImage, forDatabase]).toEqual([undefined, undefined]);
  });

  test('are not used where others may write', () => {
    chmodSync(join(folder, 'seawall'), 0o777);
    expect(hashedBefore({ options: {}, env }).forImage).toBeUndefined();
  });
});
