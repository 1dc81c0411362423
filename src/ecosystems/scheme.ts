/** How versions of one ecosystem are ordered. A plug-in under `schemes/`. */
export interface VersionScheme {
  readonly id: string;
  readonly version: number;
  readonly summary: string;
  /** Negative, zero or positive as `left` is older, equal or newer. Never throws; `undefined` when either is no version of this scheme. */
  compare(left: string, right: string): number | undefined;
}
