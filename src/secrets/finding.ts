/** `sure`: a format with a checksum or an exact length and alphabet, a whole key, a credential file. `likely`: a name and a random value. */
export type Certainty = 'sure' | 'likely';

/** What a secret is good for. Each detector has one. */
export type SecretGroup = 'private-key' | 'service' | 'packages';

/** A secret in a text or file: where, never what. */
export interface SecretFinding {
  /** Id of the detector: `github-token`. */
  readonly detector: string;
  readonly certainty: Certainty;
  /** Where the secret begins: bytes of a file, UTF-16 units of a text. */
  readonly offset: number;
  /** In the same unit. */
  readonly length: number;
}

/** Where a text or file stands. It decides what is asked for: names with random values count in settings alone. */
export type SecretPlace =
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'history' }
  | { readonly kind: 'arguments' }
  /** `path`: with or without a leading slash. */
  | { readonly kind: 'file'; readonly path: string };

/** A secret as documents of a subject keep it. */
export interface SecretSeen {
  readonly detector: string;
  readonly certainty: Certainty;
  readonly where: SecretWhere;
}

export type SecretWhere =
  /** Name of a variable. */
  | { readonly kind: 'environment'; readonly name: string }
  /** Key of a label. */
  | { readonly kind: 'label'; readonly name: string }
  /** Number of a build step, from 0, the oldest first. */
  | { readonly kind: 'history'; readonly step: number }
  /** Number of an argument, from 0, the program's name first. */
  | { readonly kind: 'arguments'; readonly index: number }
  /** Path without a leading slash; number of the layer, from 0; byte at which the secret begins. */
  | { readonly kind: 'file'; readonly path: string; readonly layer: number; readonly offset: number };
