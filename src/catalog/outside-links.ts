import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Analyzer } from '#ecosystems/index.ts';
import type { Fault } from '#image/index.ts';
import { createPathResolver } from './canonical-path.ts';
import type { LayerResult } from './layer-result.ts';

/** Faults one by one; the rest are counted. */
const mostNamed = 50;

/**
 * Links of a folder of sources by whose names a lock file or a manifest would be read, and that lead out of the folder. Nothing
 * outside is read, whoever asks for it, so what they list is unknown. Links within the folder are read under their names.
 */
export function outsideLinks(root: string, { symlinks }: LayerResult, analyzers: readonly Analyzer[]): Faults {
  const readers = analyzers.filter(({ of }) => of === 'sources');
  const resolver = createPathResolver(new Map(Object.entries(symlinks)));
  const wanted = Object.keys(symlinks).filter((path) => readers.some((one) => one.wants(path, 1, 0o644)));
  const outside = wanted.filter((path) => isOutside(root, path, resolver.real(path)));
  const rest = outside.length - mostNamed;
  const more = `${rest} more links to lock files and manifests lead out of the folder; none is followed.`;
  return [
    ...outside.slice(0, mostNamed).map((path): Fault => ({ code: 'unreadable-file', message, path, layer: 0 })),
    ...(rest > 0 ? [{ code: 'unreadable-file' as const, message: more, count: rest }] : []),
  ];
}

type Faults = readonly Fault[];

const message = 'It is a link out of the scanned folder, which is not followed; what it lists is unknown.';

/** `read`: the path that the link was read at, where absolute links begin at the folder. A link that leads nowhere hides nothing. */
function isOutside(root: string, path: string, read: string | undefined): boolean {
  try {
    const real = realpathSync(join(root, path));
    return read === undefined || real !== join(realpathSync(root), read);
  } catch {
    return false;
  }
}
