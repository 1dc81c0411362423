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
import { notInTime } from './find-origin.ts';
import type { VerifyingKey } from './keys.ts';
import {
  bundleType,
  checkSignature,
  type FoundSignature,
  isKeyless,
  type SignatureAnswer,
  type SignedManifest,
} from './signature.ts';

/** What signatures are read for, and how much of them in one look. */
export interface SignatureReading {
  readonly keys: readonly VerifyingKey[];
  readonly isTrusted: SignedManifest['isTrusted'];
  /** Bytes of signatures that are still read; less with each. */
  readonly left: { bytes: number };
}

/** What one signature says; of its document nothing is kept. */
interface ReadSignature {
  /** Manifest or index beside which it lies. */
  readonly of: string;
  readonly keyless: boolean;
  /** By id of the key. */
  readonly answers: ReadonlyMap<string, SignatureAnswer>;
}

/** A manifest of the image, and what the signatures say that lie beside it. */
export interface SignaturesThere {
  readonly place: ProvenPlace;
  readonly found: readonly ReadSignature[];
  /** Why not every signature was read. */
  readonly missed: readonly string[];
  /** Whether that is because somebody could not be asked. */
  readonly isAway: boolean;
}

const cosignSignature = 'application/vnd.dev.cosign.simplesigning.v1+json';
const cosignReferrer = 'application/vnd.dev.cosign.artifact.sig.v1+json';
const kinds: ReadonlySet<string | undefined> = new Set([bundleType, cosignSignature]);
/** Signatures beside one manifest that are looked at. */
const mostSignatures = 50;
/** Bytes of one signature: what is signed, or a bundle with certificate and log entry, is some KB. */
const longestSignature = 128 * 1024;
/** Bytes of all signatures in one look: more than mostly needed a hundred times over. */
export const mostSignatureBytes = 4 * 1024 * 1024;

/**
 * Reads the signatures of a place one after the other: of the manifest, and of the index by which it was found. What was
 * read before something failed counts.
 */
export async function findSignatures(
  registry: Registry,
  place: ProvenPlace,
  reading: SignatureReading,
): Promise<SignaturesThere> {
  const found: ReadSignature[] = [];
  const missed = new Set<string>();
  let isAway = false;
  for (const digest of [place.manifest, ...(place.index === undefined ? [] : [place.index])]) {
    try {
      const bytes = (await fetchManifest(registry, digest))?.bytes;
      const { isTrusted } = reading;
      const of = { digest, isTrusted, ...(bytes === undefined ? {} : { bytes }) };
      for await (const layer of signaturesOf(registry, digest)) {
        const signature = await readOne(registry, layer, reading);
        if (typeof signature === 'string') missed.add(signature);
        else if (signature !== undefined) found.push(answersOf(signature, of, reading.keys));
      }
    } catch (error) {
      if (!isAppError(error)) throw error;
      missed.add(registry.access.signal?.aborted === true ? notInTime : error.message);
      isAway = true;
    }
  }
  return { place, found, missed: [...missed], isAway };
}

type Layer = Attached['manifest']['layers'][number];

/** Where signatures of a manifest lie: by cosign's tag, and in what refers to it. */
async function* signaturesOf(registry: Registry, digest: string): AsyncGenerator<Layer> {
  const tagged = await fetchSignatureTag(registry, digest);
  let left = mostSignatures;
  for await (const { manifest } of attachedTo()) {
    for (const layer of manifest.layers.filter(({ mediaType }) => kinds.has(mediaType))) {
      left -= 1;
      if (left < 0) {
        const message = `${registry.repository} holds more than ${mostSignatures} signatures of ${digest}.`;
        throw new AppError('target-corrupt', message);
      }
      yield layer;
    }
  }

  async function* attachedTo(): AsyncGenerator<Attached> {
    if (tagged !== undefined) yield tagged;
    yield* fetchReferrers(registry, digest, [bundleType, cosignReferrer]);
  }
}

/** A text tells why it is not read, and others may be: it is too long, or not what its digest says. */
async function readOne(
  registry: Registry,
  layer: Layer,
  { left }: SignatureReading,
): Promise<FoundSignature | string | undefined> {
  if (left.bytes <= 0)
    throw new AppError('target-corrupt', `The signatures of it are longer than ${mostSignatureBytes} bytes together.`);
  if ((layer.size ?? 0) > longestSignature)
    return `A signature in ${registry.repository} is longer than ${longestSignature} bytes.`;
  try {
    const bytes = await fetchDocument(registry, layer.digest, longestSignature);
    left.bytes -= bytes?.length ?? 0;
    return bytes && signatureIn(layer, bytes);
  } catch (error) {
    left.bytes -= longestSignature;
    if (isAppError(error) && error.code === 'target-corrupt') return error.message;
    throw error;
  }
}

function signatureIn({ mediaType, annotations }: Layer, bytes: Buffer): FoundSignature {
  if (mediaType === bundleType) return { kind: 'bundle', bundle: bytes };
  return {
    kind: 'simple-signing',
    payload: bytes,
    signature: annotations?.['dev.cosignproject.cosign/signature'] ?? '',
    keyless: annotations?.['dev.sigstore.cosign/certificate'] !== undefined,
  };
}

function answersOf(signature: FoundSignature, of: SignedManifest, keys: readonly VerifyingKey[]): ReadSignature {
  return {
    of: of.digest,
    keyless: isKeyless(signature),
    answers: new Map(keys.map((key) => [key.id, checkSignature(signature, key, of)])),
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
    for (const { of, answers } of found) {
      const answer = answers.get(key.id);
      if (answer?.state === 'signed') {
        const why = `${key.name} signed ${of === place.manifest ? 'the manifest' : 'the index'} in ${place.repository}.`;
        return { key: key.id, state: 'proven', why, manifest: of };
      }
      if (answer?.state === 'otherwise') others.add(answer.why);
    }
  }
  const missed = new Set(there.flatMap((one) => one.missed));
  if (missed.size > 0) return { key: key.id, state: 'unknown', why: [...missed].join(' ').slice(0, 2000) };
  const all = there.reduce((sum, { found }) => sum + found.length, 0);
  const looked = all === 0 ? 'there are no signatures' : `none of ${all} signature${all === 1 ? '' : 's'} is by it`;
  const why = others.size > 0 ? [...others].join('; ') : looked;
  return { key: key.id, state: 'disproven', why: `${key.name} did not sign it: ${why}.` };
}

/** How many signatures a certificate vouches for and no key. */
export function countKeyless(there: readonly SignaturesThere[]): number {
  return there.flatMap(({ found }) => found).filter(({ keyless }) => keyless).length;
}
