import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileHasher } from './hash-file.ts';
import { wireFileOf } from './image-files/backing-files.ts';

let folder = '';
let place = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-hash-'));
  place = join(folder, 'program');
  writeFileSync(place, text);
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = 'a program\n'.repeat(100_000);
const hashes = {
  sha256: createHash('sha256').update(text).digest('hex'),
  md5: createHash('md5').update(text).digest('hex'),
};
const seen = (path = place) => wireFileOf(statSync(path, { bigint: true }));

test('the first place behind which the very file lies counts', async () => {
  const other = join(folder, 'other');
  // Until the kernel's clock gives it another change time.
  do writeFileSync(other, text);
  while (seen(other).ctime === seen().ctime);
  expect(await new FileHasher().of([join(folder, 'gone'), folder, other, place], seen())).toEqual(hashes);
  expect(await new FileHasher().of([other], seen())).toBeUndefined();
});

test('one that was written to since is another file', async () => {
  const before = seen();
  writeFileSync(place, text);
  expect(await new FileHasher().of([place], before)).toBeUndefined();
});

test('no link that was put in its place is followed, and nobody who holds a pipe is waited for', async () => {
  const file = seen();
  const moved = join(folder, 'moved');
  renameSync(place, moved);
  symlinkSync(moved, place);
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(await new FileHasher().of([place, pipe], seen(moved))).toBeUndefined();
  expect(file.inode).toBe(seen(moved).inode);
  expect(await new FileHasher().of([moved], seen(moved))).toEqual(hashes);
});

test('what the kernel names as the program of a process is the file itself', async () => {
  const self = `/proc/${process.pid}/exe`;
  const found = await new FileHasher().of([self], wireFileOf(statSync(self, { bigint: true })));
  expect(found?.sha256).toBe(execFileSync('sha256sum', [process.execPath], { encoding: 'utf8' }).split(' ')[0]);
});

test('what was hashed is remembered when it is gone, and what is too large is not read', async () => {
  const hasher = new FileHasher();
  const file = seen();
  const both = await Promise.all([hasher.of([place], file), hasher.of([place], file)]);
  expect(both).toEqual([hashes, hashes]);
  rmSync(place);
  expect(await hasher.of([place], file)).toEqual(hashes);
  expect(await hasher.of([place], { ...file, inode: 1n, size: 2n ** 40n })).toBeUndefined();
});

test('the files of one container do not wait for those of another', async () => {
  const hasher = new FileHasher();
  const large = Array.from({ length: 8 }, (_, index) => join(folder, `large-${index}`));
  for (const path of large) writeFileSync(path, Buffer.alloc(16 * 1024 * 1024, path));
  const done: string[] = [];
  const storm = large.map(async (path) => {
    await hasher.of([path], seen(path), 'storm');
    done.push('storm');
  });
  await hasher.of([place], seen(), 'calm');
  expect(done.length).toBeLessThan(4);
  await Promise.all(storm);
  expect(done).toHaveLength(8);
});
