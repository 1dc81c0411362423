import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownNameNumber } from '../../applet.ts';
import type { ScannedExecutable } from './scanned-executable.ts';
import { tableRow } from '../wire/structs.ts';
import { fileFlag } from '../wire/words.ts';
import type { BackingFile } from './backing-files.ts';
import { type ImageIndex, type IndexSource, openImageIndex, writeImageIndex } from './image-index.ts';
import { noLibraries } from './packed-libraries.ts';

let folder = '';
let index: ImageIndex | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-index-'));
});
afterEach(() => {
  index?.close();
  rmSync(folder, { recursive: true });
});

const executable = (path: string, owner?: string): ScannedExecutable => {
  const hashes = { sha256: Buffer.from(path.padEnd(32)).toString('hex').slice(0, 64), md5: 'ab'.repeat(16) };
  return { path, layer: 0, size: 9, ...hashes, ...(owner !== undefined && { package: owner }) };
};
const backing = (
  path: string,
  inode: bigint,
  { flags = 0, device = 7 }: { readonly flags?: number; readonly device?: number } = {},
): BackingFile => {
  return { path, file: { device, mode: 0o755, inode, ctime: inode + 1n, size: inode + 2n }, flags };
};

function make(files: readonly BackingFile[], more: Partial<IndexSource> = {}): ImageIndex {
  const executables = files.map(({ path }) => executable(path.slice(1)));
  const found = { files, missing: [], missingCount: 0 };
  writeImageIndex(folder, { executables, isComplete: true, backing: found, packed: noLibraries, stamp: 's', ...more });
  index = openImageIndex(folder);
  return index;
}

test('a program is found by its path, with its hashes, layer and package', () => {
  const executables = [executable('bin/ls', 'pkg:deb/debian/coreutils@9'), executable('bin/sh')];
  const { find } = make([], { executables, backing: undefined });
  expect(find('/bin/ls')).toEqual({
    sha256: executables[0]?.sha256,
    md5: 'ab'.repeat(16),
    layer: 0,
    package: 'pkg:deb/debian/coreutils@9',
  });
  expect(find('bin/sh')).toEqual({ sha256: executables[1]?.sha256, md5: 'ab'.repeat(16), layer: 0 });
  expect(find('/bin/l')).toBeUndefined();
});

test('rows stand by their inode as unsigned numbers, each file once with what any of its names asks for', () => {
  const large = 2n ** 63n + 5n;
  const files = [
    backing('/bin/sh', large, { flags: fileFlag.arguments }),
    backing('/bin/ls', 9n),
    backing('/usr/bin/sh', large, { flags: fileFlag.runsCode }),
    backing('/bin/a', 2n),
  ];
  const { head, rowsFile, inodeOf } = make(files);
  const bytes = readFileSync(rowsFile);
  const rows = Array.from({ length: bytes.length / tableRow.size }, (_, at) =>
    tableRow.read(bytes, at * tableRow.size),
  );
  expect(rows).toEqual([
    { inode: 2n, ctime: 3n, size: 4n, flags: 0, ownName: 0 },
    { inode: 9n, ctime: 10n, size: 11n, flags: 0, ownName: 0 },
    { inode: large, ctime: large + 1n, size: large + 2n, flags: fileFlag.arguments | fileFlag.runsCode, ownName: 0 },
  ]);
  expect(head).toMatchObject({ stamp: 's', isComplete: true, device: 7, files: 3 });
  expect([inodeOf('/bin/sh'), inodeOf('/bin/ls'), inodeOf('/bin/x')]).toEqual([large, 9n, undefined]);
});

test('a file is a multi-call program under each of its names, and has the own name of that', () => {
  const { rowsFile, hasApplets } = make([
    backing('/bin/ls', 9n),
    backing('/bin/busybox', 9n, { flags: fileFlag.applets }),
    backing('/bin/cat', 9n),
    backing('/bin/dash', 10n),
  ]);
  const [first, second] = [0, 1].map((at) => tableRow.read(readFileSync(rowsFile), at * tableRow.size));
  expect(first).toMatchObject({ flags: fileFlag.applets, ownName: ownNameNumber('busybox') });
  expect(second).toMatchObject({ flags: 0, ownName: 0 });
  expect([hasApplets(9n), hasApplets(10n), hasApplets(11n)]).toEqual([true, false, false]);
});

test.each([
  ['the scan saw not everything', { isComplete: false }],
  ['where it lies is not known', { backing: undefined }],
  ['a file is not where it was scanned', { backing: { files: [], missing: ['/a'], missingCount: 1 } }],
  [
    'it lies on two devices',
    { backing: { files: [backing('/a', 1n), backing('/b', 2n, { device: 8 })], missing: [], missingCount: 0 } },
  ],
] as const)('no table is whole when %s', (_, change) => {
  expect(make([], change as Partial<IndexSource>).head.isComplete).toBe(false);
});

test('of two devices the first one has the table', () => {
  const files = [backing('/a', 1n), backing('/b', 1n, { device: 8 })];
  const { head, inodeOf } = make(files);
  expect(head).toMatchObject({ device: 7, files: 1 });
  expect(inodeOf('/b')).toBeUndefined();
});

test('tools are those whose every name is one, built in or named by the rule, with or without a version', () => {
  const { tools } = make([
    backing('/bin/nc', 1n),
    backing('/bin/socat', 2n),
    backing('/bin/data', 2n),
    backing('/opt/own-tool', 3n),
    backing('/opt/helper-1.2', 4n),
    backing('/bin/busybox', 5n),
    backing('/bin/sh', 6n),
  ]);
  expect(tools([])).toEqual([1n]);
  expect(tools(['own-tool', 'helper', 'sh', 'nothing'])).toEqual([1n, 3n, 4n, 6n]);
  expect(tools(['helper-1.2', 'busybox'])).toEqual([1n, 4n]);
});

test('libraries inside archives are known by their content, and archives that were not read are told', () => {
  const packed = { contents: ['12'.repeat(32), 'ef'.repeat(32)], unread: ['/app/a.jar'], unreadCount: 7 };
  const { packedLibraries, head } = make([], { packed });
  expect([packedLibraries, head.unread, head.unreadCount]).toEqual([packed.contents, ['/app/a.jar'], 7]);
});
