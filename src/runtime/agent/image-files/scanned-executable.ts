/** What the scan of an image says of one of its programs. */
export interface KnownProgram {
  readonly sha256: string;
  readonly md5: string;
  /** purl of the package that it belongs to. */
  readonly package?: string | undefined;
  /** Index of the layer that holds the file as it is. */
  readonly layer?: number | undefined;
}

/** An executable or code file of an image as its scan found it. */
export interface ScannedExecutable extends KnownProgram {
  /** Canonical, no leading slash. */
  readonly path: string;
  readonly size: number;
  /** Index of the layer that holds the file as it is. */
  readonly layer: number;
  readonly elf?: { readonly interpreter?: string | undefined } | undefined;
}
