/** One end of a range; the first is `introduced`, `0` stands for the beginning. */
export interface AffectedRange {
  readonly introduced: string;
  /** First version without the vulnerability. */
  readonly fixed?: string;
  /** Last version with the vulnerability, where no fix is named. */
  readonly lastAffected?: string;
}

/** What one advisory says of one package, as far as it decides whether it speaks of an installed one. */
export interface AffectedPackage {
  readonly ranges: readonly AffectedRange[];
  /** Enumerated versions; tested besides the ranges. */
  readonly versions: readonly string[];
  /** rpm module (`name:stream`) that it is limited to. */
  readonly module?: string;
  /** The name is a source package's. */
  readonly sourcePackage?: boolean;
  /** Builds that it is limited to; missing: all. */
  readonly architectures?: readonly string[];
  readonly summary?: string;
}
