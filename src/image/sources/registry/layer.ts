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
 * Fetches a layer's blob into a temporary file; it is checked against its digest while it comes, and what is longer than
 * the manifest says is cut at once. Throws `target-corrupt`, `target-unreadable` above the limit, and as `Registry.ask`.
 */
export async function fetchLayer(registry: Registry, wanted: WantedLayer): Promise<FetchedLayer> {
  const { digest, size: stated } = wanted;
  const answer = await registry.ask(`blobs/${digest}`, { whole: registry.access.patience.layer });
  if (answer.statusCode === 404) {
    answer.destroy();
    throw new AppError('target-corrupt', `${registry.repository} lacks the layer ${digest}.`);
  }
  const hash = createHash('sha256');
  let size = 0;
  const limit = Math.min(wanted.limit, stated ?? wanted.limit);
  try {
    const target = `The layer ${digest} of ${registry.repository}`;
    const spooled = await spool(
      passing(answer, (chunk) => {
        size += chunk.length;
        if (stated !== undefined && size > stated) throw otherContent(registry, digest);
        hash.update(chunk);
      }),
      { limit, target },
    );
    if (`sha256:${hash.digest('hex')}` === digest) return { ...spooled, size };
    await spooled.remove();
    throw otherContent(registry, digest);
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
