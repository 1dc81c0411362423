import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { DamagedStream, unpackRange } from './unpack.ts';
import { ZstdFrames } from './zstd-frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-unpack-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function unpacked(bytes: Buffer, compression: 'gzip' | 'zstd'): Promise<Buffer> {
  const path = join(folder, 'packed');
  writeFileSync(path, bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of unpackRange({ file: path, offset: 0, length: bytes.length }, compression, () => undefined))
    chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function frame(content: Uint8Array, hasChecksum = false): Buffer {
  return zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: hasChecksum ? 1 : 0 } });
}

/** A frame that decoders skip (RFC 8878, 3.1.2). */
function skipped(length: number): Buffer {
  const bytes = Buffer.alloc(8 + length, 0x28);
  bytes.writeUInt32LE(0x184d2a50 + (length % 16), 0);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

const parts = [Buffer.from('one'), Buffer.alloc(3_000_000, 'ab'), Buffer.alloc(0), Buffer.from('four')];
const whole = Buffer.concat(parts);

describe('zstd', () => {
  test('of several frames, with frames that are skipped before, between and behind, is read whole', async () => {
    const frames = parts.flatMap((part, at) => [skipped(at * 600_000), frame(part, at % 2 === 0)]);
    expect((await unpacked(Buffer.concat([...frames, skipped(5)]), 'zstd')).equals(whole)).toBe(true);
  });

  test('that is followed by anything else is damaged', async () => {
    for (const rest of ['junk', '\0\0\0\0'])
      await expect(unpacked(Buffer.concat([frame(whole), Buffer.from(rest)]), 'zstd')).rejects.toThrow(DamagedStream);
  });

  test('is cut where its frames end, wherever chunks end', () => {
    const content = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(new Uint8Array(200_000)));
    const piece = fc.oneof(
      fc
        .tuple(content, fc.boolean())
        .map(([bytes, hasChecksum]) => ({ bytes: frame(bytes, hasChecksum), content: bytes })),
      fc.integer({ min: 0, max: 30 }).map((length) => ({ bytes: skipped(length), content: undefined })),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 50 })), (pieces, sizes) => {
        const bytes = Buffer.concat(pieces.map((one) => one.bytes));
        const frames = new ZstdFrames();
        const found: Buffer[] = [];
        for (let [from, at] = [0, 0]; from < bytes.length; at += 1) {
          const size = sizes[at] ?? bytes.length;
          found.push(...frames.cut(bytes.subarray(from, from + size)).map((one) => Buffer.from(one)));
          from += size;
        }
        const kept = pieces.filter((one) => one.content !== undefined);
        expect(Buffer.concat(found).equals(Buffer.concat(kept.map((one) => one.bytes)))).toBe(true);
        if (sizes.length === 0)
          expect(found.map((one) => zstdDecompressSync(one).length)).toEqual(kept.map((one) => one.content?.length));
      }),
    );
  });
});

describe('gzip', () => {
  test('of several members is read whole', async () => {
    expect((await unpacked(Buffer.concat(parts.map((part) => gzipSync(part))), 'gzip')).equals(whole)).toBe(true);
  });

  test.each(['junk', '\0\0\0\0', '\x1f\x8bjunk'])('that is followed by %j is damaged', async (rest) => {
    const bytes = Buffer.concat([gzipSync(whole), Buffer.from(rest, 'latin1')]);
    await expect(unpacked(bytes, 'gzip')).rejects.toThrow(DamagedStream);
  });
});
