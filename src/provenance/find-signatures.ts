import { AppError, isAppError } from '#base/index.ts';
import {
  type Attached,
  fetchDocument,
  fetchManifest,
  fetchReferrers,
  fetchSignatureTag,
  type Registry,
} from '#image/index.ts';
import type { ProvenPlace, SignatureProof } from './contract.ts';
import type { VerifyingKey } from './keys.ts';
import { bundleType, checkSignature, type FoundSignature, isKeyless, type SignedManifest } from './signature.ts';

/** A manifest of the image, and the signatures that lie beside it. */
export interface SignaturesThere {
  readonly place: ProvenPlace;
  readonly found: readonly { readonly of: SignedManifest; readonly signature: FoundSignature }[];
  /** Why the repository could not be asked for all of them. */
  readonly failure?: string;
}

const cosignSignature = 'application/vnd.dev.cosign.simplesigning.v1+json';
const cosignReferrer = 'application/vnd.dev.cosign.artifact.sig.v1+json';
/** Signatures beside one manifest that are looked at. */
const mostSignatures = 50;

/** Collects the signatures of a place: of the manifest, and of the index by which it was found. */
export async function findSignatures(
  registry: Registry,
  place: ProvenPlace,
  isTrusted: SignedManifest['isTrusted'],
): Promise<SignaturesThere> {
  const found: SignaturesThere['found'][number][] = [];
  try {
    for (const digest of [place.manifest, ...(place.index === undefined ? [] : [place.index])]) {
      const bytes = (await fetchManifest(registry, digest))?.bytes;
      const of = { digest, isTrusted, ...(bytes === undefined ? {} : { bytes }) };
      for (const signature of await signaturesOf(registry, digest)) found.push({ of, signature });
    }
    return { place, found };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { place, found, failure: error.message };
  }
}

async function signaturesOf(registry: Registry, digest: string): Promise<readonly FoundSignature[]> {
  const tagged = await fetchSignatureTag(registry, digest);
  const referring = await fetchReferrers(registry, digest, [bundleType, cosignReferrer]);
  const layers = [...(tagged === undefined ? [] : [tagged]), ...referring].flatMap(({ manifest }) => manifest.layers);
  const kinds = new Set([bundleType, cosignSignature]);
  const wanted = layers.filter(({ mediaType }) => kinds.has(mediaType ?? ''));
  if (wanted.length > mostSignatures)
    throw new AppError(
      'target-corrupt',
      `${registry.repository} holds more than ${mostSignatures} signatures of ${digest}.`,
    );
  const found: FoundSignature[] = [];
  for (const layer of wanted) {
    const bytes = await fetchDocument(registry, layer.digest);
    if (bytes !== undefined) found.push(signatureIn(layer, bytes));
  }
  return found;
}

function signatureIn(
  { mediaType, annotations }: Attached['manifest']['layers'][number],
  bytes: Buffer,
): FoundSignature {
  if (mediaType === bundleType) return { kind: 'bundle', bundle: bytes };
  return {
    kind: 'simple-signing',
    payload: bytes,
    signature: annotations?.['dev.cosignproject.cosign/signature'] ?? '',
    keyless: annotations?.['dev.sigstore.cosign/certificate'] !== undefined,
  };
}

/** What the signatures of all places prove for one key. `noPlace`: why no manifest of the image is known. */
export function proveSignature(
  key: VerifyingKey,
  there: readonly SignaturesThere[],
  noPlace: string | undefined,
): SignatureProof {
  if (noPlace !== undefined) return { key: key.id, state: 'unknown', why: noPlace };
  const others = new Set<string>();
  for (const { place, found } of there) {
    for (const { of, signature } of found) {
      const answer = checkSignature(signature, key, of);
      if (answer.state === 'signed') {
        const why = `${key.name} signed ${of.digest === place.manifest ? 'the manifest' : 'the index'} in ${place.repository}.`;
        return { key: key.id, state: 'proven', why, manifest: of.digest };
      }
      if (answer.state === 'otherwise') others.add(answer.why);
    }
  }
  const failures = there.flatMap(({ failure }) => failure ?? []);
  if (failures.length > 0) return { key: key.id, state: 'unknown', why: failures.join(' ').slice(0, 2000) };
  const all = there.reduce((sum, { found }) => sum + found.length, 0);
  const looked = all === 0 ? 'there are no signatures' : `none of ${all} signature${all === 1 ? '' : 's'} is by it`;
  const why = others.size > 0 ? [...others].join('; ') : looked;
  return { key: key.id, state: 'disproven', why: `${key.name} did not sign it: ${why}.` };
}

/** How many signatures a certificate vouches for and no key. */
export function countKeyless(there: readonly SignaturesThere[]): number {
  return there.flatMap(({ found }) => found).filter(({ signature }) => isKeyless(signature)).length;
}
