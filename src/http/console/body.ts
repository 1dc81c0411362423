import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { AppError, isAppError } from '#base/index.ts';
import type { BodyLimits } from '../endpoint.ts';
import { limits } from '../limits.ts';
import { countBody } from './count-body.ts';
import type { SentBody } from './sent-body.ts';

/** How a JSON body arrives. */
export interface BodyForm {
  /** `content-encoding` as sent. */
  readonly encoding: string | undefined;
  /** `content-length` as sent. */
  readonly length: string | undefined;
  /** After unpacking. */
  readonly limits: BodyLimits;
  /** Told how many bytes are held so far; what it throws refuses the body. */
  readonly hold: (bytes: number) => void;
}

/** A body that arrived whole, and how large it turned out to be. */
export interface ReceivedBody {
  readonly sent: SentBody;
  readonly counted: BodyLimits;
}

const { bodySent } = limits;
const unpackedChunk = 64 * 1024;
/**
 * Bytes that are taken of one body before others have their turn: a fast sender's socket would be read for as long as it
 * has more.
 */
const bytesInTurn = 256 * 1024;
/** Bytes and milliseconds for which the rest of a refused body is still read and dropped. */
const linger = { bytes: 32 * 1024 * 1024, milliseconds: 3_000 };

/**
 * Reads a JSON body as it was sent and counts it meanwhile, unpacked. Throws `AppError`: `too-large` as soon as a limit is
 * passed, `unsupported-media` for another encoding, `bad-json` for what is not gzip. What follows of a refused body is
 * dropped for a while, since a sender that is cut off at once would never see why; then the connection is closed.
 */
export async function readBody(payload: Readable, form: BodyForm): Promise<ReceivedBody> {
  const kept: Buffer[] = [];
  try {
    const encoding = encodingOf(form);
    const counter = countBody(form.limits);
    const arriving = keep(payload, kept, form);
    const count = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
      for await (const chunk of chunks) counter.add(chunk);
    };
    if (encoding === 'gzip') await pipeline(arriving, createGunzip({ chunkSize: unpackedChunk }), count);
    else await count(arriving);
    return { sent: { bytes: Buffer.concat(kept), encoding, limit: form.limits.bytes }, counted: counter.count() };
  } catch (error) {
    dropRest(payload);
    if (isAppError(error)) throw error;
    throw new AppError('bad-json', 'The body ends early or is not gzip.', { cause: error });
  }
}

function encodingOf({ encoding, length, limits }: BodyForm): SentBody['encoding'] {
  switch (encoding?.toLowerCase() ?? 'identity') {
    case 'identity':
      if (Number(length ?? 0) > limits.bytes) throw tooLarge(limits.bytes);
      return 'identity';
    case 'gzip':
      return 'gzip';
    default:
      throw new AppError('unsupported-media', `The content encoding ${encoding} is not read here.`, {
        next: 'Send the body as it is, or with gzip.',
      });
  }
}

/** Keeps what arrives and hands it on, until it is too much. */
async function* keep(payload: Readable, kept: Buffer[], { hold }: BodyForm): AsyncIterable<Buffer> {
  let size = 0;
  let inTurn = 0;
  for await (const chunk of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    inTurn += chunk.length;
    if (inTurn >= bytesInTurn) {
      inTurn = 0;
      await nextTurn();
    }
    if (size > bodySent.value) throw tooLarge(bodySent.value, 'Send it compressed with gzip, or send less.');
    hold(size);
    kept.push(chunk);
    yield chunk;
  }
}

function dropRest(payload: Readable): void {
  let size = 0;
  const cut = (): unknown => payload.destroy();
  const timer = setTimeout(cut, linger.milliseconds).unref();
  payload.once('close', () => clearTimeout(timer));
  payload.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > linger.bytes) cut();
  });
  payload.on('error', () => undefined);
  payload.resume();
}

function tooLarge(bytes: number, next?: string): AppError {
  return new AppError('too-large', `The body is larger than ${bytes} bytes.`, next === undefined ? {} : { next });
}
