import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeElf } from '../../../../test/make/elf.ts';
import { limits } from '../../limits.ts';
import { findPackedLibraries } from './packed-libraries.ts';

const library = libraryOf('code');
const program = madeElf('code', { isDynamic: true });
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const jarOf = (name: string, content: Uint8Array) => zipSync({ [name]: content, 'a/B.class': new Uint8Array(80) });

function madeElf(content: string, options = {}): Buffer {
  const bytes = makeElf([{ name: '.text', content: Buffer.from(content) }], options);
  bytes.writeUInt16LE(3, 16); // a shared object
  return bytes;
}

function libraryOf(content: string): Buffer {
  return madeElf(content);
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-packed-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Puts the content into a layer; the scan saw it, or `seen` instead. */
function scanned(path: string, content: Uint8Array, seen = content) {
  writeFileSync(join(folder, path), content);
  return { path, layer: 0, size: content.length, sha256: sha256(seen), md5: '' };
}
const find = (...files: readonly ReturnType<typeof scanned>[]) => findPackedLibraries(files, [folder]);

test.each([
  ['in a jar', 'a.jar', jarOf('META-INF/native/libz.so', library)],
  ['whatever its name is', 'a.jar', jarOf('native/linux/z', library)],
  ['in a jar of a war', 'a.war', jarOf('WEB-INF/lib/a.jar', jarOf('libz.so', library))],
  ['in a jar of a war of an ear', 'a.ear', jarOf('a.war', jarOf('WEB-INF/lib/a.jar', jarOf('libz.so', library)))],
  ['in a plugin of Jenkins', 'a.jpi', jarOf('WEB-INF/lib/a.jar', jarOf('libz.so', library))],
])('a library is found %s', async (_, path, content) => {
  expect(await find(scanned(path, content))).toEqual({ contents: [sha256(library)], unread: [], unreadCount: 0 });
});

test.each([
  ['a program, which could also be started', 'a.jar', jarOf('bin/node', program)],
  ['half a library', 'a.jar', jarOf('libz.so', library.subarray(0, 100))],
  ['a text', 'a.jar', jarOf('libz.so', Buffer.from('no library, but a text of some length'.repeat(9)))],
  ['what lies in an archive that Java does not load', 'a.zip', jarOf('libz.so', library)],
])('%s is no library', async (_, path, content) => {
  expect(await find(scanned(path, content))).toEqual({ contents: [], unread: [], unreadCount: 0 });
});

test('an archive that has another content than the scan saw counts for nothing, and is told', async () => {
  const changed = scanned('a.jar', jarOf('libz.so', library), jarOf('other', library));
  expect(await find(changed)).toEqual({ contents: [], unread: ['/a.jar'], unreadCount: 1 });
});

test('an archive that is no archive is told, and the others are read', async () => {
  const broken = scanned('broken.jar', Buffer.from('PK\x03\x04 and nothing more'.repeat(20)));
  const found = await find(broken, scanned('a.jar', jarOf('libz.so', library)));
  expect(found).toEqual({ contents: [sha256(library)], unread: ['/broken.jar'], unreadCount: 1 });
});

test('archives in archives are read to a depth, and a deeper one is told', async () => {
  const nested = (depth: number): Uint8Array =>
    depth === 0 ? jarOf('libz.so', library) : jarOf('a.jar', nested(depth - 1));
  expect((await find(scanned('deep.jar', nested(8)))).contents).toEqual([sha256(library)]);
  expect(await find(scanned('deeper.jar', nested(9)))).toEqual({
    contents: [],
    unread: ['/deeper.jar'],
    unreadCount: 1,
  });
});

test('an image brings so many libraries, and an archive with more is told', async () => {
  const most = limits.packedLibraries.value;
  const files = Object.fromEntries(
    Array.from({ length: most + 1 }, (_, at) => [`lib${at}.so`, libraryOf(`code ${at}`)]),
  );
  const found = await find(scanned('many.jar', zipSync(files)));
  expect([found.contents.length, found.unread]).toEqual([most, ['/many.jar']]);
});
