/** What a bill of materials says, whatever its format. */
export interface Bill {
  /** Format and version, for people: `CycloneDX 1.6`. */
  readonly format: string;
  readonly components: readonly Component[];
  /** Operating systems that it names, as it names them. */
  readonly systems: readonly { readonly name: string; readonly version?: string }[];
  /** What it says of its own gaps. */
  readonly gaps: readonly string[];
  /** Entries that do not have the form of one. */
  readonly unreadable: number;
}

/** One entry that may be a package. */
export interface Component {
  readonly name: string;
  readonly purl?: string;
  /** Source package, as properties or words of the tool state it; its version may be missing. */
  readonly source?: { readonly name: string; readonly version?: string };
  readonly vendor?: string;
  readonly licenses: readonly string[];
  readonly paths: readonly string[];
  /** Package URL of the system package that owns its files. */
  readonly ownedBy?: string;
  /** A file of an image that Seawall found and could not identify. */
  readonly isUnidentified?: boolean;
}
