import { isAppError, parseJsonWithin } from '#base/index.ts';
import { fetchDocument, openRegistry, type Registry, type RegistryAccess } from '#image/index.ts';
import { type KnownLayers, proveBase } from './base-layers.ts';
import type { ApprovedBase, Provenance, ProvenPlace, TrustedRegistry } from './contract.ts';
import { findOrigin, type OpenRepository, placeKey, unknownOrigin } from './find-origin.ts';
import {
  countKeyless,
  findSignatures,
  mostSignatureBytes,
  proveSignature,
  type SignaturesThere,
} from './find-signatures.ts';
import type { VerifyingKey } from './keys.ts';
import { isTrusted, type OriginHints, questionsOf } from './questions.ts';
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
  /** Milliseconds for the whole look; what was not found by then is unknown. */
  readonly within: number;
}

export interface Looked {
  readonly provenance: Provenance;
  /** Whether the bases are judged by layers that only who scanned the image told. */
  readonly areLayersScanned: boolean;
  /** Whether somebody could not be asked, so that asking again may tell more. */
  readonly isAway: boolean;
}

/** Whether all that is asked for is proven. */
export function isSettled({ origin, signatures, bases }: Provenance): boolean {
  return [origin, ...signatures, ...bases].every(({ state }) => state === 'proven');
}

/**
 * Looks for everything that can be proven of an image now. Nothing is thrown: who is away, or too slow for the time that
 * the look has, leaves it unknown.
 */
export async function lookFor(image: string, { trusted, hints, ...options }: LookOptions): Promise<Looked> {
  const { registries, keys, bases } = trusted;
  const signal = AbortSignal.timeout(options.within);
  const opened = openedOnce((registry) => ({ ...options.access(registry), signal }));
  try {
    const trusts = (repository: string): boolean => registries.some((one) => isTrusted(one, repository));
    const reading = { keys, isTrusted: trusts, left: { bytes: mostSignatureBytes } };
    const signatures = new Map<string, SignaturesThere>();
    const lookBeside = async (place: ProvenPlace): Promise<void> => {
      if (keys.length === 0) return;
      signatures.set(placeKey(place), await findSignatures(opened.at(place), place, reading));
    };
    const origin =
      registries.length === 0
        ? unknownOrigin('No registry is trusted.')
        : await findOrigin(image, questionsOf(hints, registries), { open: opened.open, lookBeside, signal });
    const { places } = origin.proof;
    const there = places.flatMap((place) => signatures.get(placeKey(place)) ?? []);
    const noPlace =
      places.length > 0 ? undefined : `No manifest of it is known that could be signed. ${origin.proof.why}`;
    const config =
      bases.length === 0
        ? unread
        : await readConfig(
            image,
            places.map((place) => opened.at(place)),
          );
    const keyless = countKeyless(there);
    return {
      provenance: {
        origin: origin.proof,
        signatures: keys.map((key) => proveSignature(key, there, noPlace)),
        ...(keyless === 0 ? {} : { keyless: { found: keyless, why: keylessWhy } }),
        bases: bases.map((base) => proveBase(base, config.layers ?? options.scanned)),
      },
      areLayersScanned: config.layers === undefined,
      isAway: origin.isAway || config.isAway || there.some(({ isAway }) => isAway),
    };
  } finally {
    opened.close();
  }
}

/** Repositories of trusted registries, each opened once. */
function openedOnce(access: (registry: TrustedRegistry) => RegistryAccess) {
  const opened = new Map<string, Registry>();
  const open: OpenRepository = async (registry, { domain, path }) => {
    const key = `${registry.id} ${domain}/${path}`;
    const one = opened.get(key) ?? openRegistry({ domain, path }, access(registry));
    opened.set(key, one);
    return one;
  };
  return {
    open,
    at({ registry, repository }: ProvenPlace): Registry {
      const one = opened.get(`${registry} ${repository}`);
      if (one === undefined) throw new Error(`${repository} was found without being asked`);
      return one;
    },
    close: () => opened.forEach((registry) => registry.close()),
  };
}

const keylessWhy = 'Signatures that a certificate vouches for (keyless) are not supported yet, so they are unknown.';

/** A config names layers and settings: some KB. */
const longestConfig = 4 * 1024 * 1024;

interface ReadConfig {
  readonly layers?: KnownLayers;
  readonly isAway: boolean;
}

const unread: ReadConfig = { isAway: false };

/** The layers that the config names, from a registry itself: it is the image, so nobody has to be believed. */
async function readConfig(image: string, at: readonly Registry[]): Promise<ReadConfig> {
  let isAway = false;
  for (const registry of at) {
    try {
      const config = await fetchDocument(registry, image, longestConfig);
      const diffIds = config && diffIdsOf(config);
      const by = `the config in ${registry.repository}`;
      if (diffIds !== undefined) return { layers: { state: 'known', diffIds, by }, isAway: false };
    } catch (error) {
      if (!isAppError(error)) throw error;
      isAway = true;
    }
  }
  return { isAway };
}

function diffIdsOf(config: Buffer): readonly string[] | undefined {
  const read = parseJsonWithin(config, { bytes: longestConfig, tokens: 500_000, depth: 100 });
  return read.kind === 'read' ? ConfigLayers.safeParse(read.value).data?.rootfs.diff_ids : undefined;
}
