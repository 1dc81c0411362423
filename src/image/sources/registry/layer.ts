import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AppError, isAppError, messageOf } from '#base/index.ts';
import { spool, type SpooledFile } from '../../spool.ts';
import type { Registry } from './client.ts';
import { otherContent } from './documents.ts';

interface WantedLayer {
  readonly digest: string;
  /** Bytes by the manifest, where it says. */
  readonly size: number | undefined;
  /** Most bytes that are taken. */
  readonly limit: number;
}

/** A layer's blob in a file of this process. */
export interface FetchedLayer extends SpooledFile {
  readonly size: number;
}

/**
 * Fetches a layer's blob into a temporary file. Throws as `layerBytes`, and `target-unreadable` above the limit.
 */
export async function fetchLayer(registry: Registry, wanted: WantedLayer): Promise<FetchedLayer> {
  const { digest } = wanted;
  let size = 0;
  const spooled = await spool(
    layerBytes(registry, wanted, (chunk) => {
      size += chunk.length;
    }),
    {
      limit: Math.min(wanted.limit, wanted.size ?? wanted.limit),
      target: `The layer ${digest} of ${registry.repository}`,
    },
  );
  return { ...spooled, size };
}

/**
 * The bytes of a layer's blob, checked against its digest while they come; what is longer than the manifest says is cut
 * at once. Throws `target-corrupt`, at the end where the digest differs, and as `Registry.ask`.
 */
export async function* layerBytes(
  registry: Registry,
  { digest, size: stated }: Pick<WantedLayer, 'digest' | 'size'>,
  see: (chunk: Buffer) => void = () => undefined,
): AsyncGenerator<Buffer> {
  const answer = await registry.ask(`blobs/${digest}`, { whole: registry.access.patience.layer });
  if (answer.statusCode === 404) {
    answer.destroy();
    throw new AppError('target-corrupt', `${registry.repository} lacks the layer ${digest}.`);
  }
  const hash = createHash('sha256');
  let size = 0;
  try {
    yield* passing(answer, (chunk) => {
      size += chunk.length;
      if (stated !== undefined && size > stated) throw otherContent(registry, digest);
      hash.update(chunk);
      see(chunk);
    });
    if (`sha256:${hash.digest('hex')}` !== digest) throw otherContent(registry, digest);
  } finally {
    answer.destroy();
  }
}

async function* passing(answer: IncomingMessage, see: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      see(chunk);
      yield chunk;
    }
  } catch (error) {
    if (isAppError(error)) throw error;
    const message = `The registry breaks off in the middle of a layer: ${messageOf(error)}.`;
    throw new AppError('registry-unavailable', message, { cause: error });
  }
}

/** Whether the repository says that it holds a blob. Throws as `Registry.ask`. */
export async function hasBlob(registry: Registry, digest: string): Promise<boolean> {
  const whole = registry.access.patience.document;
  const answer = await registry.ask(`blobs/${digest}`, { method: 'HEAD', whole });
  answer.destroy();
  return answer.statusCode === 200;
}
