import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError, isAppError } from '#base/index.ts';

/** How a JSON body arrives. */
export interface BodyForm {
  /** `content-encoding` as sent. */
  readonly encoding: string | undefined;
  /** Bytes after unpacking. */
  readonly limit: number;
}

/**
 * Reads a JSON body, unpacking gzip. Throws `AppError`: `too-large` as soon as the limit is passed, `unsupported-media`
 * for another encoding, `bad-json` for what is not JSON in UTF-8 or not gzip. What is left of a refused body is read and
 * dropped: a caller that is cut off while it sends would never see why.
 */
export async function readJson(payload: Readable, { encoding, limit }: BodyForm): Promise<unknown> {
  const bytes = await collect(unpacked(payload, encoding), limit).catch((error: unknown) => {
    payload.unpipe();
    payload.resume();
    throw isAppError(error) ? error : badJson('The body ends early or is not gzip.', error);
  });
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw badJson('The body is not valid JSON.', error);
  }
}

function unpacked(payload: Readable, encoding: string | undefined): Readable {
  switch (encoding?.toLowerCase() ?? 'identity') {
    case 'identity':
      return payload;
    case 'gzip': {
      const gunzip = createGunzip();
      payload.once('error', (error) => gunzip.destroy(error));
      return payload.pipe(gunzip);
    }
    default:
      throw new AppError('unsupported-media', `The content encoding ${encoding} is not read here.`, {
        next: 'Send the body as it is, or with gzip.',
      });
  }
}

async function collect(stream: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new AppError('too-large', `The body is larger than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function badJson(message: string, cause: unknown): AppError {
  return new AppError('bad-json', message, { cause });
}
