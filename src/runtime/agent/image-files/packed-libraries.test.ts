import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeElf } from '../../../../test/make/elf.ts';
import { findPackedLibraries, type PackedBounds } from './packed-libraries.ts';

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

describe('an image has so much of it read, and an archive behind that is told:', () => {
  const bomb = jarOf('zeros.jar', jarOf('zeros', new Uint8Array(200_000)));
  const texts = jarOf('a.xml', new Uint8Array(80));
  const [first, second] = [jarOf('libz.so', library), jarOf('libz.so', libraryOf('other code'))];
  test.each<{ readonly of: string; readonly less: Partial<PackedBounds>; readonly archives: readonly Uint8Array[] }>([
    { of: 'bytes of one archive', less: { archiveBytes: second.length - 1 }, archives: [second, first] },
    {
      of: 'bytes of all archives',
      less: { bytes: first.length + library.length + texts.length - 1 },
      archives: [first, texts],
    },
    { of: 'bytes that all of them unpack to', less: { bytes: 250_000 }, archives: [bomb, bomb, first] },
    { of: 'entries of all archives', less: { entries: 2 }, archives: [first, second] },
    { of: 'libraries', less: { libraries: 1 }, archives: [first, second] },
  ])('$of', async ({ less, archives }) => {
    const usual = { archiveBytes: 1e6, bytes: 1e6, entries: 100, libraries: 100 };
    const files = archives.map((content, at) => scanned(`${at}.jar`, content));
    expect((await findPackedLibraries(files, [folder], usual)).unread).toEqual([]);
    const found = await findPackedLibraries(files, [folder], { ...usual, ...less });
    expect([found.contents, found.unreadCount]).toEqual([[sha256(library)], 1]);
  });
});
