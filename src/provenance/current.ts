import type { BaseProof, OriginProof, Provenance, SignatureProof, Trust } from './contract.ts';

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
}

const notYet = 'It has not been looked for yet.';
const changed = 'What is trusted has changed since; it is looked for again.';

/**
 * What still holds of what was found, by what is trusted now: nothing rests on a registry, key or base that was changed
 * or removed since. `undefined` stored: never looked for.
 */
export function currentProvenance(stored: StoredProvenance | undefined, now: TrustVersions): Provenance {
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
      return proof;
    }),
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
