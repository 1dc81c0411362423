import type { Provenance } from './contract.ts';

/** Where manifests stand that prove the origin of an image: `registry.example/surge/web@sha256:…`. */
export function provenAt({ origin }: Pick<Provenance, 'origin'>): readonly string[] {
  return origin.places.map(({ repository, manifest }) => `${repository}@${manifest}`);
}
