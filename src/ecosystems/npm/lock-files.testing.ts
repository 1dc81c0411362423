import { expect } from 'vitest';
import type { Analysis } from '../analyzer.ts';
import { npm } from './index.ts';
import { lockFiles } from './lock-files.ts';

/** Of archives; lock files are none. */
export const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

/** What a lock file says. */
export async function analyze(path: string, text: string): Promise<Analysis> {
  expect(lockFiles.wants(path, 1, 0o644)).toBe(true);
  return await lockFiles.analyze({ path, content: Buffer.from(text), limits });
}

/** `name@version` of the packages of a sound lock file, with a star where it is listed and not compared. */
export async function linesOf(path: string, text: string): Promise<readonly string[]> {
  const { packages, faults } = await analyze(path, text);
  expect(faults).toEqual([]);
  const lines = packages.map((one) => {
    const isCompared = npm.isSoftware?.({ ...one, layer: 0 });
    return `${one.name}@${one.version}${isCompared ? '' : '*'}`;
  });
  return lines.toSorted();
}
