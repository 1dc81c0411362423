import type { BaseProof, OriginProof, ProofState, Provenance, SignatureProof, Trust } from './contract.ts';

/** Versions of what was trusted, by id. */
export interface TrustVersions {
  readonly registries: Readonly<Record<string, number>>;
  readonly keys: Readonly<Record<string, number>>;
  readonly bases: Readonly<Record<string, number>>;
}

/** What was found, and what was trusted when it was looked for. */
export interface StoredProvenance {
  readonly provenance: Provenance;
  readonly trusted: TrustVersions;
  /**
   * The layers that bases were compared with, see `layersKey`; missing: the image's own config named them. Before release
   * 0.2: who had told them.
   */
  readonly layersBy?: string;
}

const notYet = 'Not checked yet.';
const otherLayers = 'The scan that counts here lists other layers than those that were compared; checking again.';
const notSince = ' No registry could be asked since.';
const changed = 'What is trusted has changed since; checking again.';

/**
 * What still holds of what was found, by what is trusted now: nothing rests on a registry, key or base that was changed
 * or removed since, nor on other layers than those of the scan that counts where it is asked. `undefined` stored: never
 * looked for. `layers`: the key of those layers.
 */
export function currentProvenance(
  stored: StoredProvenance | undefined,
  now: TrustVersions,
  layers: string | undefined,
): Provenance {
  if (stored === undefined) return unlooked(now);
  const { provenance, trusted } = stored;
  const origin = currentOrigin(stored, now);
  const manifests = new Set(origin.places.flatMap(({ manifest, index }) => [manifest, ...(index ? [index] : [])]));
  const sameRegistries = isSame(trusted.registries, now.registries);
  return {
    ...provenance,
    origin,
    signatures: Object.keys(now.keys).map((key): SignatureProof => {
      const proof = provenance.signatures.find((one) => one.key === key);
      if (proof === undefined || trusted.keys[key] !== now.keys[key]) return { key, state: 'unknown', why: notYet };
      const holds = proof.state === 'proven' ? manifests.has(proof.manifest ?? '') : sameRegistries;
      return holds ? proof : { key, state: 'unknown', why: changed };
    }),
    bases: Object.keys(now.bases).map((base): BaseProof => {
      const proof = provenance.bases.find((one) => one.base === base);
      if (proof === undefined || trusted.bases[base] !== now.bases[base])
        return { base, state: 'unknown', why: notYet };
      const isOther = stored.layersBy?.startsWith(layersPrefix) === true && stored.layersBy !== layers;
      return isOther && proof.state !== 'unknown' ? { base, state: 'unknown', why: otherLayers } : proof;
    }),
  };
}

const layersPrefix = 'layers ';

/** Names the layers of an image by the digest that their scan has of them. */
export function layersKey(layers: string | undefined): string {
  return `${layersPrefix}${layers ?? ''}`;
}

interface Proven {
  readonly state: ProofState;
  readonly why: string;
}

function unaskedSince(why: string): string {
  return why.endsWith(notSince) ? why : `${why}${notSince}`;
}

/**
 * A look, with what an earlier one proved by the same registries, keys and bases where this one could not tell: content
 * does not change while a registry is away.
 */
export function withProven(looked: StoredProvenance, before: StoredProvenance | undefined): StoredProvenance {
  if (before === undefined) return looked;
  const then = currentProvenance(before, looked.trusted, undefined);
  const { provenance } = looked;
  const kept = <Proof extends Proven>(proof: Proof, earlier: Proof | undefined): Proof =>
    proof.state === 'unknown' && earlier?.state === 'proven' ? { ...earlier, why: unaskedSince(earlier.why) } : proof;
  // Without a scan the config told all of them; no scan can tell them better.
  const isByConfig = before.layersBy === undefined && then.bases.every(({ state }) => state !== 'unknown');
  const bases = looked.layersBy !== undefined && isByConfig ? then.bases : provenance.bases;
  return {
    provenance: {
      ...provenance,
      origin: kept(provenance.origin, then.origin),
      signatures: provenance.signatures.map((proof) =>
        kept(
          proof,
          then.signatures.find(({ key }) => key === proof.key),
        ),
      ),
      bases,
    },
    trusted: looked.trusted,
    ...(bases === provenance.bases && looked.layersBy !== undefined ? { layersBy: looked.layersBy } : {}),
  };
}

function currentOrigin({ provenance: { origin }, trusted }: StoredProvenance, now: TrustVersions): OriginProof {
  if (isSame(trusted.registries, now.registries)) return origin;
  const places = origin.places.filter(({ registry: id }) => trusted.registries[id] === now.registries[id]);
  if (places.length > 0) return { ...origin, places };
  if (Object.keys(now.registries).length === 0) return { state: 'unknown', why: nothingTrusted, places };
  return { state: 'unknown', why: changed, places };
}

const nothingTrusted = 'No registry is trusted.';

function unlooked({ registries, keys, bases }: TrustVersions): Provenance {
  const why = Object.keys(registries).length === 0 ? nothingTrusted : notYet;
  return {
    origin: { state: 'unknown', why, places: [] },
    signatures: Object.keys(keys).map((key) => ({ key, state: 'unknown', why })),
    bases: Object.keys(bases).map((base) => ({ base, state: 'unknown', why: notYet })),
  };
}

function isSame(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): boolean {
  const ids = Object.keys(one);
  return ids.length === Object.keys(other).length && ids.every((id) => one[id] === other[id]);
}

/** What people trust, as versions. */
export function versionsOf(
  trust: {
    readonly [Kind in keyof Trust]: readonly { readonly id: string; readonly version: number }[];
  },
): TrustVersions {
  const byId = (all: readonly { readonly id: string; readonly version: number }[]) =>
    Object.fromEntries(all.map(({ id, version }) => [id, version]));
  return { registries: byId(trust.registries), keys: byId(trust.keys), bases: byId(trust.bases) };
}
