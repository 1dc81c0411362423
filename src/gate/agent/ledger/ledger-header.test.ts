import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWrapperPart } from '../../../../test/make/wrapper.ts';
import type { ImageDigest } from '#base/index.ts';
import type { Ledger, LedgerEntry } from '#admission/contract.ts';
import { encodeLedger } from './encode-ledger.ts';
import { block, headerBytes, recordBytes } from './ledger-form.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const later = new Date(now + 86_400_000).toISOString();
const digestOf = (number: number) => `sha256:${number.toString(16).padStart(64, '0')}` as ImageDigest;
const entryOf = (number: number): LedgerEntry => ({
  digest: digestOf(number),
  aliases: [],
  answer: 'allow',
  effect: 'ignore',
  cause: 'verdict',
  evidence: [],
  reason: `Image ${number}`,
  expiresAt: later,
});

function compiled(entries: number): Buffer {
  const ledger: Ledger = {
    form: 1,
    host: 'h',
    sequence: 7,
    issuedAt: new Date(now).toISOString(),
    expiresAt: later,
    entries: Array.from({ length: entries }, (_, number) => entryOf(number)),
    rules: [],
    collections: [],
  };
  const settings = { environments: [], hold: 30_000, unknown: 'deny', agentAway: 'deny', builds: 'deny' } as const;
  return encodeLedger({ ledger, breakGlass: [], settings: { ...settings, settings: 'judged' } });
}

/** Where the header's checksum lies: behind the magic and the form. */
const checksumAt = 12;

/** As `native/include/ledger.h` says: over the header, its own field as zero, and the block table. */
function headerChecksum(bytes: Buffer): number {
  const records = bytes.readUInt32LE(checksumAt + 4 + 4 * 8);
  const texts = bytes.readUInt32LE(checksumAt + 4 + 4 * 8 + 4);
  const table = Math.ceil((records * recordBytes + texts) / block) * 4;
  const covered = Buffer.from(bytes.subarray(0, headerBytes + table));
  covered.writeUInt32LE(0, checksumAt);
  return crc32(covered);
}

describe('the header of a compiled ledger', () => {
  test.each([0, 1, 5000])('is written with the checksum that the form says, for %i entries', (entries) => {
    const bytes = compiled(entries);
    expect(bytes.readUInt32LE(checksumAt)).toBe(headerChecksum(bytes));
    const table = bytes.length - headerBytes - (bytes.readUInt32LE(48) * recordBytes + bytes.readUInt32LE(52));
    for (let at = 0; at < table / 4; at++) {
      const from = headerBytes + table + at * block;
      expect(bytes.readUInt32LE(headerBytes + at * 4)).toBe(crc32(bytes.subarray(from, from + block)));
    }
  });
});

describe('the reader of a compiled ledger', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-header-'));
  const file = join(folder, 'ledger');
  let finder = '';
  beforeAll(() => {
    finder = buildWrapperPart(folder, 'ledger-find');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const find = (bytes: Buffer): string => {
    writeFileSync(file, bytes);
    return execFileSync(finder, [file, String(now)], { input: `${digestOf(1).slice(7)}\n`, encoding: 'utf8' }).trim();
  };

  test('believes no header in which one bit is another', () => {
    const bytes = compiled(3);
    expect(find(bytes)).toBe('found 1 1');
    for (let bit = 0; bit < (headerBytes + 4) * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect.soft(find(damaged), `bit ${bit & 7} of byte ${bit >> 3}`).toBe('corrupt');
    }
  });

  test('believes no body that was changed together with its block’s checksum', () => {
    const bytes = compiled(3);
    const body = headerBytes + 4;
    const answerAt = body + recordBytes + 32 + 8 + 4 + 4 + 2 + 2;
    expect(bytes[answerAt]).toBe(1);
    bytes[answerAt] = 2;
    bytes.writeUInt32LE(crc32(bytes.subarray(body)), headerBytes);
    expect(find(bytes)).toBe('corrupt');
    // With the header's checksum made anew it is one: it guards against damage, the file's owner against the rest.
    bytes.writeUInt32LE(headerChecksum(bytes), checksumAt);
    expect(find(bytes)).toBe('found 2 1');
  });

  test('believes no header that says what no ledger says, whatever its checksum', () => {
    for (const [at, value] of [
      [60, 0],
      [60, 3],
      [61, 0],
      [61, 3],
      [62, 0],
      [62, 4],
    ] as const) {
      const bytes = compiled(3);
      bytes[at] = value;
      bytes.writeUInt32LE(headerChecksum(bytes), checksumAt);
      expect.soft(find(bytes), `byte ${at} is ${value}`).toBe('corrupt');
    }
    const bytes = compiled(3);
    bytes.writeUInt32LE(120_001, 56);
    bytes.writeUInt32LE(headerChecksum(bytes), checksumAt);
    expect(find(bytes)).toBe('corrupt');
    bytes.writeUInt32LE(120_000, 56);
    bytes.writeUInt32LE(headerChecksum(bytes), checksumAt);
    expect(find(bytes)).toBe('found 1 1');
  });
});
