import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ImageDigest } from '#base/index.ts';
import type { PackedExecutables } from '../contract.ts';
import { openExecutableStore, readExecutables } from './index.ts';

const [one, other] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}` as ImageDigest) as [
  ImageDigest,
  ImageDigest,
];
const packed: PackedExecutables = {
  format: 1,
  isComplete: true,
  paths: ['bin/sh'],
  kinds: 'e',
  sizes: [7],
  modes: [0o755],
  layers: [0],
  hashes: Buffer.alloc(48, 0xab).toString('base64'),
  packages: ['pkg:deb/debian/dash@0.5'],
  owners: [0],
  elf: [{ type: 'executable', needed: ['libc.so.6'] }],
  elfRows: [0],
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-store-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('keeps executables of an image, and knows nothing of others', async () => {
  const store = openExecutableStore(folder);
  expect([store.has(one), await readExecutables(folder, one)]).toEqual([false, undefined]);
  await store.write(one, packed);
  expect([store.has(one), store.has(other)]).toEqual([true, false]);
  expect(await readExecutables(folder, one)).toEqual({
    isComplete: true,
    executables: [
      {
        path: 'bin/sh',
        kind: 'elf',
        size: 7,
        mode: 0o755,
        sha256: 'ab'.repeat(32),
        md5: 'ab'.repeat(16),
        layer: 0,
        package: 'pkg:deb/debian/dash@0.5',
        elf: { type: 'executable', needed: ['libc.so.6'] },
      },
    ],
  });
});

test('removes what is of no image any more, and what an older version or an ended write left', async () => {
  const store = openExecutableStore(folder);
  await store.keepOnly(new Set());
  await store.write(one, packed);
  await store.write(other, packed);
  for (const name of [`${'a'.repeat(64)}.v0.json.zst`, 'half.new'])
    writeFileSync(join(folder, 'executables', name), '');
  await store.keepOnly(new Set([other]));
  expect(readdirSync(join(folder, 'executables'))).toEqual([`${'b'.repeat(64)}.v1.json.zst`]);
});

test('answers nothing from a damaged file and removes it', async () => {
  const store = openExecutableStore(folder);
  await store.write(one, packed);
  const file = join(folder, 'executables', `${'a'.repeat(64)}.v1.json.zst`);
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 5) ^ 1, bytes.length - 5);
  writeFileSync(file, bytes);
  expect(await readExecutables(folder, one)).toBeUndefined();
  expect(store.has(one)).toBe(false);
});
