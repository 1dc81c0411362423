import { AppError } from '#base/index.ts';
import { isBelow, nearestBase, type Subject } from '#image/index.ts';

/** What an image is built on; `unknown`: none was named, and none of the engine's images is. */
export type BaseImage =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'known'; readonly name: string; readonly layers: number; readonly of: number };

/** The scan of the base, with its name. */
export interface ScannedBase<T> {
  readonly base: Extract<BaseImage, { kind: 'known' }>;
  readonly scanned: T;
}

interface Asked<T> {
  /** As the user named it. */
  readonly named: string | undefined;
  readonly dockerSocket: string;
  /** Scans it, or opens it to see its layers. */
  readonly scan: (target: string) => Promise<T>;
}

/**
 * The image that an image is built on: the named one, whose layers have to be its lowest, else the nearest of the engine.
 * Throws `usage` where the named one is none; an engine that cannot be asked knows none.
 */
export async function scannedBase<T extends { readonly subject: Subject }>(
  image: Subject,
  { named, dockerSocket, scan }: Asked<T>,
): Promise<ScannedBase<T> | undefined> {
  const layers = diffIdsOf(image);
  const found = named === undefined ? await nearestOf(dockerSocket, layers) : { target: named, name: named };
  if (found === undefined) return undefined;
  const scanned = await scan(found.target);
  const own = diffIdsOf(scanned.subject);
  if (isBelow(own, layers))
    return { base: { kind: 'known', name: found.name, layers: own.length, of: layers.length }, scanned };
  // What an engine says of an image proves nothing.
  if (named === undefined) return undefined;
  throw new AppError('usage', `The image is not built on ${named}: its lowest layers are others.`, {
    next: 'Name the version of the base that it was built on.',
  });
}

async function nearestOf(socket: string, layers: readonly string[]) {
  try {
    const image = await nearestBase(socket, layers);
    return image && { target: `docker:${image.id}`, name: image.names[0] ?? image.id };
  } catch (error) {
    if (error instanceof AppError && error.code === 'docker-unavailable') return undefined;
    throw error;
  }
}

function diffIdsOf(subject: Subject): readonly string[] {
  return subject.kind === 'image' ? subject.layers.map(({ diffId }) => diffId) : [];
}
