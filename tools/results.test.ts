import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { commitOf } from './results.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-results-'));

afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

describe('the commit of a result', () => {
  test('is unknown in a folder without history', () => {
    expect(commitOf(folder)).toBe('unknown');
  });

  test('is unknown on a machine without git', () => {
    vi.stubEnv('PATH', folder);
    expect(commitOf(import.meta.dirname)).toBe('unknown');
  });
});
