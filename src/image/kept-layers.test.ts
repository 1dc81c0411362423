import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dockerArchive, ociArchive, ociImage, ociLayout } from '../../test/make/image.ts';
import { file, makeTar } from '../../test/make/tar.ts';
import { keepingIn } from './kept-digests.testing.ts';
import { openTarget } from './open-target.ts';
import { defaultLimits } from './source.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-kept-'));
  mkdirSync(join(folder, 'cache'), { mode: 0o700 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const layers = ['one', 'two', 'three'].map((name) => makeTar([file(name, name.repeat(1000))]));
const archives: readonly (readonly [string, () => Uint8Array])[] = [
  ['by `docker save`, whose layers are known by their diffIDs', () => dockerArchive(layers).bytes],
  ['in OCI form', () => ociArchive([ociImage(layers, { compression: 'none' })])],
  ['in OCI form with packed layers', () => ociArchive([ociImage(layers, { compression: 'gzip' })])],
];

/** Checks all layers; answers how many were not hashed, and what did not fit. */
async function verify(target: string, how: 'keeping' | 'hashing' = 'keeping') {
  let recalled = 0;
  const keeping = keepingIn(join(folder, 'cache'), { onRecall: () => void (recalled += 1) });
  const limits = defaultLimits;
  const platform = { os: 'linux', architecture: 'amd64' };
  const opened = await openTarget(target, {
    platform,
    limits,
    dockerSocket: '/nowhere',
    ...(how === 'keeping' && { keeping }),
  });
  if (opened.kind !== 'image') throw new Error(`${target} is no image`);
  const wrong: number[] = [];
  for (const { index } of opened.subject.layers) await opened.verify(index).catch(() => wrong.push(index));
  await opened.close();
  return { recalled, wrong };
}

describe('layers of an archive that is read again', () => {
  test.each(archives)('%s are not hashed again', async (_, make) => {
    writeFileSync(join(folder, 'image.tar'), make());
    const target = `archive:${join(folder, 'image.tar')}`;
    expect(await verify(target)).toEqual({ recalled: 0, wrong: [] });
    expect(await verify(target)).toEqual({ recalled: 3, wrong: [] });
    expect(await verify(target, 'hashing')).toEqual({ recalled: 0, wrong: [] });
  });

  test.each(archives)('%s that do not match still do not, hashed or not', async (_, make) => {
    writeFileSync(join(folder, 'image.tar'), damaged(Buffer.from(make())));
    const target = `archive:${join(folder, 'image.tar')}`;
    expect(await verify(target)).toEqual({ recalled: 0, wrong: [1] });
    expect(await verify(target)).toEqual({ recalled: 3, wrong: [1] });
  });

  /** With one byte of the second layer changed. */
  function damaged(bytes: Buffer): Buffer {
    const plain = bytes.indexOf('twotwotwo');
    const at = plain >= 0 ? plain : bytes.indexOf(gzipSync(layers[1] ?? '').subarray(10));
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  }
});

describe('hashed each time are', () => {
  test('the layers of a packed archive', async () => {
    writeFileSync(join(folder, 'image.tar.gz'), gzipSync(dockerArchive(layers).bytes));
    for (const _ of [1, 2])
      expect(await verify(`archive:${join(folder, 'image.tar.gz')}`)).toEqual({ recalled: 0, wrong: [] });
  });

  test('those of a layout in a folder', async () => {
    for (const [path, bytes] of ociLayout([ociImage(layers)])) {
      mkdirSync(dirname(join(folder, 'layout', path)), { recursive: true });
      writeFileSync(join(folder, 'layout', path), bytes);
    }
    for (const _ of [1, 2]) expect(await verify(`oci:${join(folder, 'layout')}`)).toEqual({ recalled: 0, wrong: [] });
  });
});
