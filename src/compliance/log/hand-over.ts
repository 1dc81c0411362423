import { type KeyObject, sign, verify } from 'node:crypto';
import { keyFingerprint, readPublicKey } from './sign-head.ts';

/** One evidence key names the next. */
interface HandOver {
  readonly installation: string;
  /** Fingerprints of both keys. */
  readonly from: string;
  readonly to: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** Signed by both keys: nobody can take a log over alone, nor give it to a key that did not agree. */
export interface SignedHandOver {
  /** JSON of the installation, both fingerprints and the moment, exactly as it was signed. */
  readonly statement: string;
  /** Ed25519 by the key before, base64. */
  readonly from: string;
  /** The same by the key that follows. */
  readonly to: string;
}

/** Signs with both private keys. */
export function signHandOver(
  handOver: HandOver,
  keys: { readonly from: KeyObject; readonly to: KeyObject },
): SignedHandOver {
  const { installation, from, to, at } = handOver;
  const statement = JSON.stringify({ installation, from, to, at });
  const signed = (key: KeyObject): string => sign(null, signedText(statement), key).toString('base64');
  return { statement, from: signed(keys.from), to: signed(keys.to) };
}

/** Fingerprints of keys that somebody may trust who trusts some of them. */
interface TrustedKeys {
  /** Those given, and those that follow them: each may sign now. */
  readonly signers: readonly string[];
  /** The same and those before them, which may have been stolen since: they count for heads that a signer vouches for. */
  readonly all: readonly string[];
}

/** Follows hand-overs that both keys signed. `keys`: PEM. */
export function followHandOvers(
  given: readonly string[],
  { keys, handOvers }: { readonly keys: readonly string[]; readonly handOvers: readonly SignedHandOver[] },
): TrustedKeys {
  const known = new Map(keys.flatMap(readKey));
  const steps = handOvers.map((one) => stepOf(one, known)).filter((step) => step !== undefined);
  const signers = reached(given, steps);
  const back = steps.map(([from, to]) => [to, from] as const);
  return { signers, all: reached(signers, [...steps, ...back]) };
}

type Step = readonly [from: string, to: string];

function reached(begin: readonly string[], steps: readonly Step[]): readonly string[] {
  const found = new Set(begin);
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const [from, to] of steps) if (found.has(from)) found.add(to);
  }
  return [...found];
}

/** `undefined`: one of the two keys is not known, or did not sign it. */
function stepOf({ statement, ...signatures }: SignedHandOver, known: ReadonlyMap<string, KeyObject>): Step | undefined {
  const { from, to } = parsed(statement);
  if (typeof from !== 'string' || typeof to !== 'string') return undefined;
  const isSigned = (fingerprint: string, signature: string): boolean => {
    const key = known.get(fingerprint);
    return key !== undefined && verify(null, signedText(statement), key, Buffer.from(signature, 'base64'));
  };
  return isSigned(from, signatures.from) && isSigned(to, signatures.to) ? [from, to] : undefined;
}

function readKey(pem: string): readonly (readonly [fingerprint: string, key: KeyObject])[] {
  try {
    return [[keyFingerprint(pem), readPublicKey(pem)]];
  } catch {
    return [];
  }
}

function parsed(statement: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(statement) ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

/** What is signed is named, so that a signature never counts for something else. */
function signedText(statement: string): Buffer {
  return Buffer.from(`seawall evidence key\n${statement}`);
}
