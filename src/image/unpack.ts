import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { type FileRange, readRange } from './bytes.ts';
import { ZstdFrames } from './zstd-frames.ts';

/** Thrown while unpacking where compressed bytes are damaged; what was unpacked before has been handed over. */
export class DamagedStream extends Error {}

const chunkSize = 256 * 1024;
/** Unpacked chunks that may wait for the caller. */
const aheadChunks = 8;

/**
 * Unpacks while the caller works: inflating runs on a thread of its own and stays a few chunks ahead. `onPacked` sees
 * every compressed byte, in order, what follows the stream's end included. Input that is cut off ends without error:
 * the reader's digests tell.
 */
export async function* unpackRange(
  range: FileRange,
  compression: 'gzip' | 'zstd',
  onPacked: (chunk: Buffer) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const unpacker = startUnpacker(compression);
  const feeding = feed({ range, compression }, unpacker, onPacked);
  try {
    while (true) {
      const chunk = unpacker.next();
      if (chunk !== undefined) yield chunk;
      else if (unpacker.isOpen()) await unpacker.changed();
      else break;
    }
    await feeding;
  } finally {
    unpacker.stop();
    await feeding;
  }
  const failure = unpacker.failure();
  if (failure !== undefined) throw new DamagedStream(failure.message, { cause: failure });
}

interface Unpacker {
  next(): Buffer | undefined;
  /** Whether more may come. */
  isOpen(): boolean;
  /** Resolves at the next chunk, or when nothing more comes. */
  changed(): Promise<void>;
  /** Takes compressed bytes; resolves when they are used up, so that the caller may reuse them. */
  write(chunk: Buffer): Promise<void>;
  finish(): void;
  fail(failure: Error): void;
  stop(): void;
  isStopped(): boolean;
  failure(): Error | undefined;
}

function startUnpacker(compression: 'gzip' | 'zstd'): Unpacker {
  const stream = createStream(compression);
  const queue: Buffer[] = [];
  const state: { failure?: Error; open: boolean; finished: boolean; stopped: boolean } = {
    open: true,
    finished: false,
    stopped: false,
  };
  let wake: () => void = () => undefined;
  let release: () => void = () => undefined;
  const close = (failure?: Error) => {
    if (failure !== undefined && state.open) state.failure = failure;
    state.open = false;
    wake();
    release();
  };
  stream.on('data', (chunk: Buffer) => {
    queue.push(chunk);
    if (queue.length >= aheadChunks) stream.pause();
    wake();
  });
  stream.on('error', close);
  // It ends before its input does where it takes what is left for none of it.
  stream.on('end', () => close(state.finished ? undefined : new Error('bytes follow its end')));
  return {
    next() {
      const chunk = queue.shift();
      if (queue.length < aheadChunks / 2 && stream.isPaused()) stream.resume();
      return chunk;
    },
    isOpen: () => state.open,
    changed: () => new Promise((resolve) => (wake = resolve)),
    write: (chunk) =>
      new Promise((resolve) => {
        if (!state.open) return resolve();
        release = resolve;
        stream.write(chunk, () => resolve());
      }),
    finish() {
      state.finished = true;
      if (state.open) stream.end();
    },
    fail: close,
    stop() {
      state.stopped = true;
      close();
      stream.destroy();
    },
    isStopped: () => state.stopped,
    failure: () => state.failure,
  };
}

function createStream(compression: 'gzip' | 'zstd'): ReturnType<typeof createGunzip | typeof createZstdDecompress> {
  if (compression === 'gzip') return createGunzip({ chunkSize, finishFlush: constants.Z_SYNC_FLUSH });
  return createZstdDecompress({ chunkSize, finishFlush: constants.ZSTD_e_flush });
}

async function feed(
  { range, compression }: { readonly range: FileRange; readonly compression: 'gzip' | 'zstd' },
  unpacker: Unpacker,
  onPacked: (chunk: Buffer) => void,
): Promise<void> {
  const frames = compression === 'zstd' ? new ZstdFrames() : undefined;
  for await (const chunk of readRange(range)) {
    if (unpacker.isStopped()) return;
    onPacked(chunk);
    try {
      for (const piece of frames?.cut(chunk) ?? [chunk]) await unpacker.write(piece);
    } catch (error) {
      return unpacker.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }
  unpacker.finish();
}
