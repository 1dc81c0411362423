import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashedAs, keepingIn } from './kept-digests.testing.ts';

const stranger = 12_345;
let folder = '';
let cache = '';
let archive = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-kept-'));
  cache = join(folder, 'cache');
  archive = join(folder, 'image.tar');
  mkdirSync(cache, { mode: 0o700 });
  writeFileSync(archive, 'layers of an image', { mode: 0o644 });
  expect(hashedAs(archive, keepingIn(cache))).toBe('now');
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['a cache', (): string => cache],
  ['a folder of digests', (): string => join(cache, 'digests')],
  ['a file of the cache', (): string => join(cache, 'digests', readdirSync(join(cache, 'digests'))[0] ?? '')],
])('%s of somebody else is not believed', (_, place) => {
  chownSync(place(), stranger, stranger);
  expect(hashedAs(archive, keepingIn(cache))).toBe('now');
});

test('an archive of somebody else is hashed each time; one of root is not', () => {
  chownSync(cache, stranger, stranger);
  rmSync(join(cache, 'digests'), { recursive: true });
  const keeping = keepingIn(cache, { uid: stranger });
  chownSync(archive, stranger + 1, stranger);
  for (const _ of [1, 2]) expect(hashedAs(archive, keeping)).toBe('now');
  chownSync(archive, 0, 0);
  expect(hashedAs(archive, keeping)).toBe('now');
  chownSync(join(cache, 'digests'), stranger, stranger);
  for (const name of readdirSync(join(cache, 'digests'))) chownSync(join(cache, 'digests', name), stranger, stranger);
  expect(hashedAs(archive, keeping)).toBe('before');
});
