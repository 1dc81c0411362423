import { type Zippable, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { isProblem, looksLikeZip, readDirectory, readEntry } from './archive.ts';

const limits = { archiveDepth: 16, unpackedBytes: 1_000_000, entries: 100 };
const text = (length: number): Uint8Array => new Uint8Array(length).fill(97);

function open(archive: Uint8Array, bounds = limits) {
  const spent = { unpackedBytes: 0, entries: 0 };
  const directory = readDirectory(archive, spent, bounds);
  const read = (name: string) => {
    const entry = directory.entries.find((each) => each.name === name);
    if (entry === undefined) throw new Error(`no entry ${name}`);
    return readEntry(archive, entry, { spent, limits: bounds });
  };
  return { ...directory, read, spent };
}

/** The code of the problem, or the bytes' length. */
function outcome(read: Uint8Array | { readonly code: string }): string | number {
  return isProblem(read as Uint8Array) ? (read as { readonly code: string }).code : (read as Uint8Array).length;
}

const zip = (content: Zippable): Buffer => Buffer.from(zipSync(content));

/** Where the only entry's record lies in the central directory. */
const centralOf = (archive: Buffer): number => archive.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));

describe('archive', () => {
  const plain = zip({ a: text(1000), 'b/c': [text(10), { level: 0 }], empty: text(0) });

  it('reads packed, stored and empty entries', () => {
    const { entries, problem, read } = open(plain);
    expect(problem).toBeUndefined();
    expect(entries.map(({ name }) => name)).toEqual(['a', 'b/c', 'empty']);
    expect(['a', 'b/c', 'empty'].map((name) => outcome(read(name)))).toEqual([1000, 10, 0]);
  });

  it('reads an archive behind a start script and before other bytes', () => {
    const { read } = open(Buffer.concat([Buffer.from('#!/bin/sh\nexec java -jar "$0"\n'), plain, Buffer.from('tail')]));
    expect(outcome(read('a'))).toBe(1000);
  });

  it('tells of every cut', () => {
    for (let length = 1; length < plain.length; length += 1) {
      expect(open(plain.subarray(0, length)).problem?.code, `cut at ${length}`).toBe('truncated-archive');
    }
  });

  it('takes no archive cut behind an inner one for the inner one', () => {
    const outer = zip({ 'inner.jar': [plain, { level: 0 }], other: text(10) });
    const cut = outer.subarray(0, outer.indexOf(plain) + plain.length);
    expect(open(cut)).toMatchObject({ entries: [], problem: { code: 'truncated-archive' } });
  });

  it('stops at the limit of entries, counted over nested archives', () => {
    const many = zip(Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`f${at}`, text(1)])));
    const { entries, problem } = open(many);
    expect(entries).toHaveLength(100);
    expect(problem?.code).toBe('entry-limit');
  });

  it('unpacks no more than the limit, over all entries together', () => {
    const { read, spent } = open(zip({ a: text(600_000), b: text(600_000), c: text(100) }));
    expect([outcome(read('a')), outcome(read('b')), outcome(read('c'))]).toEqual([600_000, 'unpacked-limit', 100]);
    expect(spent.unpackedBytes).toBe(600_100);
  });

  it.each([
    ['less', 24, 10],
    ['more', 24, 900_000],
  ])('finds out an entry that claims to be %s than it is', (_, field, size) => {
    const lying = zip({ a: text(1000) });
    lying.writeUInt32LE(size, centralOf(lying) + field);
    expect(outcome(open(lying).read('a'))).toBe('corrupt-archive');
  });

  it.each([
    ['a wrong checksum', 16],
    ['encryption', 8],
    ['an unknown method', 10],
  ])('reads no entry with %s', (_, field) => {
    const damaged = zip({ a: text(1000) });
    const at = centralOf(damaged) + field;
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(outcome(open(damaged).read('a'))).toBe('corrupt-archive');
  });

  it('tells of a directory that names more than it holds', () => {
    const lying = zip({ a: text(10) });
    lying.writeUInt16LE(7, lying.length - 12);
    expect(open(lying).problem?.code).toBe('corrupt-archive');
  });

  it('takes no other file for an archive', () => {
    expect(looksLikeZip(Buffer.from('version https://git-lfs.github.com/spec/v1'))).toBe(false);
    expect(looksLikeZip(plain)).toBe(true);
  });
});
