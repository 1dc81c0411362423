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

/** Where its directory begins. */
const directoryAt = good.readUInt32LE(good.length - 6);

/** The good package with a change of bytes that its directory does not show. */
function edited(change: (content: Buffer) => void): Buffer {
  const content = Buffer.from(good);
  change(content);
  return content;
}

/** The good package with bytes before its directory, which is told to begin behind them. */
function hidden(bytes: Buffer): Buffer {
  const content = Buffer.concat([good.subarray(0, directoryAt), bytes, good.subarray(directoryAt)]);
  content.writeUInt32LE(directoryAt + bytes.length, content.length - 6);
  return content;
}

/** A file that stands in no directory: programs that read a stream unpack it. */
const unlisted = Buffer.from(zipSync({ 'report.html': Buffer.from('all is well') })).subarray(0, 30 + 11 + 13);

/** The good package whose end says that a comment of these bytes follows. */
function commented(comment: Buffer): Buffer {
  const content = Buffer.concat([good, comment]);
  content.writeUInt16LE(comment.length, good.length - 2);
  return content;
}

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
    ['one with a file that its directory does not name', hidden(unlisted), 'unreadable'],
    ['one that something follows', Buffer.concat([good, Buffer.from('x')]), 'unreadable'],
    ['one with a comment', commented(Buffer.from('verified')), 'unreadable'],
    [
      'one with a whole archive as its comment',
      commented(zipSync({ 'a.txt': Buffer.from('x') }) as Buffer),
      'unreadable',
    ],
    ['a file with another name in its own header', edited((one) => one.write('Q', 30)), 'file-changed'],
    ['a file with other flags in its own header', edited((one) => one.writeUInt16LE(0, 6)), 'file-changed'],
    ['a link', edited((one) => one.writeUInt16LE(0o120777, directoryAt + 40)), 'unreadable'],
    ['a record that is no JSON', Buffer.from('{'), 'unreadable'],
    [
      'a record that would fill the memory',
      Buffer.from(`{"a":[0${',0'.repeat(packageBounds.recordBytes / 2)}]}`),
      'too-large',
    ],
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
