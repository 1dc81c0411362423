import { isAppError } from '#base/index.ts';
import { fetchDocument, type ImageName, openRegistry, type Registry, type RegistryAccess } from '#image/index.ts';
import { type KnownLayers, proveBase } from './base-layers.ts';
import type { ApprovedBase, Provenance, TrustedRegistry } from './contract.ts';
import { findOrigin, isTrusted, type OriginHints } from './find-origin.ts';
import { countKeyless, findSignatures, proveSignature, type SignaturesThere } from './find-signatures.ts';
import type { VerifyingKey } from './keys.ts';
import { ConfigLayers } from './schema.ts';

/** Whom and what people trust. */
export interface Trusted {
  readonly registries: readonly TrustedRegistry[];
  readonly keys: readonly VerifyingKey[];
  readonly bases: readonly ApprovedBase[];
}

export interface LookOptions {
  readonly trusted: Trusted;
  readonly hints: OriginHints;
  /** Layers by who scanned the image, where nobody better says. */
  readonly scanned: KnownLayers;
  access(registry: TrustedRegistry): RegistryAccess;
}

export interface Looked {
  readonly provenance: Provenance;
  /** Whether somebody could not be asked, so that asking again may tell more. */
  readonly isAway: boolean;
}

/** Whether all that is asked for is proven. */
export function isSettled({ origin, signatures, bases }: Provenance): boolean {
  return [origin, ...signatures, ...bases].every(({ state }) => state === 'proven');
}

/** Looks for everything that can be proven of an image now. Nothing is thrown: who is away leaves it unknown. */
export async function lookFor(image: string, options: LookOptions): Promise<Looked> {
  const opened = new Map<string, Registry>();
  const open = async (registry: TrustedRegistry, { domain, path }: Pick<ImageName, 'domain' | 'path'>) => {
    const key = `${registry.id} ${domain}/${path}`;
    const one = opened.get(key) ?? openRegistry({ domain, path }, options.access(registry));
    opened.set(key, one);
    return one;
  };
  try {
    const { registries, keys, bases } = options.trusted;
    const origin = await findOrigin(image, options.hints, { registries, open });
    const at = origin.proof.places.flatMap((place) => {
      const registry = opened.get(`${place.registry} ${place.repository}`);
      return registry === undefined ? [] : [{ place, registry }];
    });
    const trusts = (repository: string): boolean => registries.some((one) => isTrusted(one, repository));
    const there: SignaturesThere[] = [];
    for (const { place, registry } of keys.length === 0 ? [] : at)
      there.push(await findSignatures(registry, place, trusts));
    const noPlace = at.length > 0 ? undefined : `No manifest of it is known that could be signed. ${origin.proof.why}`;
    const layers = (await layersFrom(image, at[0])) ?? options.scanned;
    const keyless = countKeyless(there);
    return {
      provenance: {
        origin: origin.proof,
        signatures: keys.map((key) => proveSignature(key, there, noPlace)),
        ...(keyless === 0 ? {} : { keyless: { found: keyless, why: keylessWhy } }),
        bases: bases.map((base) => proveBase(base, layers)),
      },
      isAway: origin.isAway || there.some(({ failure }) => failure !== undefined),
    };
  } finally {
    for (const registry of opened.values()) registry.close();
  }
}

const keylessWhy = 'Signatures that a certificate vouches for (keyless) are not supported yet, so they are unknown.';

/** The layers that the config names, from the registry itself: it is the image, so nobody has to be believed. */
async function layersFrom(
  image: string,
  at: { readonly registry: Registry } | undefined,
): Promise<KnownLayers | undefined> {
  if (at === undefined) return undefined;
  const config = await fetchDocument(at.registry, image).catch((error: unknown) => {
    if (isAppError(error)) return undefined;
    throw error;
  });
  if (config === undefined) return undefined;
  try {
    const read = ConfigLayers.safeParse(JSON.parse(config.toString('utf8')));
    if (!read.success) return undefined;
    return { state: 'known', diffIds: read.data.rootfs.diff_ids, by: `the config in ${at.registry.repository}` };
  } catch {
    return undefined;
  }
}
