import { createCipheriv, createDecipheriv } from 'node:crypto';
import { AppError } from '#base/index.ts';

/**
 * AES-256-GCM in chunks (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, as age has it): each nonce
 * holds the chunk's number and whether it is the last one. So no chunk can be changed, moved, left out or added, and a file
 * that ends early has no last chunk. The key is one file's alone.
 */

const chunkBytes = 65_536;
const tagBytes = 16;
const sealedBytes = chunkBytes + tagBytes;

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/** Seals a stream of bytes. */
export async function* sealed(content: AsyncIterable<Buffer>, key: Buffer): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { bytes, isLast } of chunksOf(content, chunkBytes)) {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number++, isLast));
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Opens what was sealed. Throws `AppError` `backup-damaged` at the first chunk that is not as it was. */
export async function* opened(content: AsyncIterable<Buffer>, key: Buffer): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { bytes, isLast } of chunksOf(content, sealedBytes))
    yield openChunk(bytes, key, { number: number++, isLast });
}

function openChunk(
  bytes: Buffer,
  key: Buffer,
  { number, isLast }: { readonly number: number; readonly isLast: boolean },
): Buffer {
  const end = bytes.length - tagBytes;
  if (end < 0) throw damaged(number);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, isLast), { authTagLength: tagBytes });
    decipher.setAuthTag(bytes.subarray(end));
    return Buffer.concat([decipher.update(bytes.subarray(0, end)), decipher.final()]);
  } catch (cause) {
    throw damaged(number, cause);
  }
}

function damaged(number: number, cause?: unknown): AppError {
  const where = `near byte ${number * sealedBytes}`;
  return new AppError('backup-damaged', `The backup is damaged or not whole ${where}.`, { cause });
}

interface Chunk {
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/** Pieces of one length; the last one may be shorter, and is empty only where there is no content. */
async function* chunksOf(content: AsyncIterable<Buffer>, length: number): AsyncGenerator<Chunk> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const part of content) {
    held.push(part);
    size += part.length;
    if (size <= length) continue;
    let whole = Buffer.concat(held);
    for (; whole.length > length; whole = whole.subarray(length))
      yield { bytes: whole.subarray(0, length), isLast: false };
    held = [whole];
    size = whole.length;
  }
  yield { bytes: Buffer.concat(held), isLast: true };
}
