import { AppError } from '#base/index.ts';
import { parseImageName } from '../../image-name.ts';
import { shownPlatform } from '../../platform.ts';
import { distinctPlatforms } from '../../platforms-found.ts';
import { type Descriptor, IndexFile, RootFile } from '../../schema.ts';
import type { OpenOptions, PlatformsFound } from '../../source.ts';
import { parseJson } from '../../subject.ts';
import { anonymousAccess } from './access.ts';
import { openRegistry, type Registry } from './client.ts';
import { fetchManifest } from './documents.ts';
import { deepestIndex, isAttestation, noImage, noName, openRegistryImage, platformIn } from './open.ts';

/**
 * Platforms that a tag or digest of a registry names images for. What an index names is not fetched: whether it is there
 * shows when it is opened. Throws as `openRegistryImage`.
 */
export async function platformsInRegistry(reference: string, options: OpenOptions): Promise<PlatformsFound> {
  const name = parseImageName(reference);
  if (name === undefined) throw noName(reference);
  const registry = openRegistry(name, options.registry ?? anonymousAccess);
  let manifests: readonly Descriptor[];
  try {
    manifests = await namedIn(registry, name.digest ?? name.tag ?? 'latest');
  } finally {
    registry.close();
  }
  const images = manifests.filter((one) => !isAttestation(one));
  const attestations = manifests.length - images.length;
  if (images.length < 2) {
    const opened = await openRegistryImage(reference, options);
    await opened.close();
    return { platforms: [opened.subject.platform], unopened: [], attestations };
  }
  const stated = images.filter(({ platform }) => (platform ?? undefined) !== undefined);
  const { platforms, unopened } = distinctPlatforms(new Map(stated.map((one) => [one.digest, platformIn(one)])));
  const unstated = images
    .filter((one) => !stated.includes(one))
    .map(({ digest }) => ({
      platform: shownPlatform({ os: 'unknown', architecture: 'unknown' }),
      reason: `the index does not tell what ${digest} is for; name it by this digest`,
    }));
  return { platforms, unopened: [...unopened, ...unstated], attestations };
}

/** What an index names, or the only index in it; nothing where it is a manifest. */
async function namedIn(registry: Registry, wanted: string): Promise<readonly Descriptor[]> {
  const target = registry.repository;
  let reference = wanted;
  let outer: readonly Descriptor[] = [];
  for (let depth = 0; depth <= deepestIndex; depth += 1) {
    const document = await fetchManifest(registry, reference);
    if (document === undefined) throw noImage(registry, wanted);
    const root = parseJson(document.bytes, { schema: RootFile, target, what: 'manifest' });
    if (root.manifests === undefined) return outer;
    const { manifests } = parseJson(document.bytes, { schema: IndexFile, target, what: 'index' });
    const [only, ...others] = manifests.filter((one) => !isAttestation(one));
    if (only === undefined || others.length > 0) return manifests;
    outer = manifests;
    reference = only.digest;
  }
  throw new AppError('target-corrupt', `Indexes in ${target} are nested too deep.`);
}
