import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { keyFingerprint } from '#compliance/index.ts';
import { packed, pemOf, sampleInput, sampleKeys } from './testing.ts';
import { openZip } from './zip.ts';
import { packageBounds, problemWords, readFingerprint, verifyEvidenceFile } from './verify/index.ts';

const fingerprint = keyFingerprint(pemOf(sampleKeys.publicKey));

function reasonOf(content: Uint8Array): string {
  const found = verifyEvidenceFile(content, [fingerprint]);
  return found.state === 'verified' ? 'verified' : (found.problems.map(problemWords)[0]?.split(':')[0] ?? 'none');
}

/** An archive whose directory names as many entries, all of them the same bytes. */
function manyEntries(count: number): Buffer {
  const local = Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.alloc(26)]);
  const entries = Array.from({ length: count }, (_, at) => {
    const name = Buffer.from(`f${at}`);
    const entry = Buffer.alloc(46);
    entry.write('504b0102', 'hex');
    entry.writeUInt16LE(name.length, 28);
    return Buffer.concat([entry, name]);
  });
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('504b0506', 'hex');
  end.writeUInt16LE(count % 0x10000, 8);
  end.writeUInt16LE(count % 0x10000, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
}

/** An archive in which a name stands twice. */
function twice(): Buffer {
  const archive = Buffer.from(zipSync({ 'aa.txt': Buffer.from('1'), 'ab.txt': Buffer.from('2') }));
  return Buffer.from(archive.toString('latin1').replaceAll('ab.txt', 'aa.txt'), 'latin1');
}

/** A file that claims another size than it has, in the directory. */
function lying(size: number): Buffer {
  const archive = Buffer.from(zipSync({ 'manifest.json': new Uint8Array(100), 'manifest.sig': new Uint8Array(10) }));
  const central = archive.indexOf('504b0102', 0, 'hex');
  archive.writeUInt32LE(size, central + 24);
  return archive;
}

const good = packed(sampleInput());

describe('a hostile file', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'unreadable'],
    ['noise', Buffer.from('PK\u0003\u0004 and nothing else'), 'unreadable'],
    ['a package that was cut', good.subarray(0, good.length - 100), 'unreadable'],
    ['one that begins with something else', Buffer.concat([Buffer.from('#!/bin/sh\n'), good]), 'unreadable'],
    ['an empty archive', Buffer.from(zipSync({})), 'unreadable'],
    ['an archive without a manifest', Buffer.from(zipSync({ a: Buffer.from('x') })), 'file-missing'],
    ['a path out of the folder', Buffer.from(zipSync({ '../../etc/passwd': Buffer.from('x') })), 'bad-path'],
    ['an absolute path', Buffer.from(zipSync({ '/etc/passwd': Buffer.from('x') })), 'bad-path'],
    ['a path of Windows', Buffer.from(zipSync({ 'a\\..\\b': Buffer.from('x') })), 'bad-path'],
    ['a folder', Buffer.from(zipSync({ 'a/': Buffer.alloc(0) })), 'bad-path'],
    ['a name that is there twice', twice(), 'bad-path'],
    ['more entries than one may have', manyEntries(packageBounds.entries + 1), 'too-large'],
    ['a file that claims to be huge', lying(0xfffffff0), 'too-large'],
    ['a file that unpacks to more than it claims', lying(50), 'file-changed'],
    ['a record that is no JSON', Buffer.from('{'), 'unreadable'],
    ['a record without members', Buffer.from('{}'), 'unreadable'],
    [
      'a record with a strange key',
      Buffer.from(JSON.stringify({ format: 'seawall-evidence-record/1', keys: ['x'], signature: '', body: '{}' })),
      'other-key',
    ],
  ])('is not verified: %s', (_, content, reason) => {
    expect(reasonOf(content)).toBe(reason);
  });

  test('a bomb is refused before it is unpacked', () => {
    const zip = openZip();
    const zeros = '0'.repeat(1024 * 1024);
    zip.add({ path: 'manifest.json', pieces: () => Array(300).fill(zeros) });
    zip.add({ path: 'manifest.sig', pieces: () => ['x'] });
    const packedZeros = zip.end();
    const before = process.memoryUsage().arrayBuffers;
    expect(reasonOf(packedZeros)).toBe('too-large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });
});

test.each([
  [fingerprint, fingerprint],
  [`SHA256:${fingerprint.toUpperCase()}`, fingerprint],
  [fingerprint.replaceAll(/..(?=.)/g, '$&:'), fingerprint],
  ['abc', undefined],
  ['', undefined],
  [`${fingerprint}0`, undefined],
])('a fingerprint %s is read', (text, read) => {
  expect(readFingerprint(text)).toBe(read);
});
