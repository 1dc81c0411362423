import type { Fault } from '#image/index.ts';
import type { Package } from './contract.ts';
import type { Program } from './program.ts';

/**
 * Finds packages in files. The walker opens the files; an analyzer only says which paths it wants and what they mean.
 * It never opens anything itself and keeps nothing between files.
 */
export interface Analyzer {
  readonly id: string;
  /** Raised when the same file would give another result: cached layer results of older versions are dropped. */
  readonly version: number;
  readonly summary: string;
  /**
   * Endings that make a path that it wants of a folder that an image may reach by a link: `/package.json` of a linked
   * package, `/x/package.json` of a linked `node_modules`.
   */
  readonly below?: readonly string[];
  /** Folders and files where it looks, with a path below that it wants. Images may link to them. */
  readonly places: readonly { readonly place: string; readonly probe: string }[];
  /** Paths without leading slash. */
  wants(path: string, size: number, mode: number): boolean;
  analyze(file: AnalyzedFile): Analysis | Promise<Analysis>;
  /**
   * What it reads in machine programs, wherever they lie. `undefined`: the program is none of its kind; `not-at-hand`: what
   * it must read lies in a part of the file that is not at hand, and the file is to be read as a whole.
   */
  readonly program?: (program: Program) => Analysis | 'not-at-hand' | undefined;
}

export interface AnalyzedFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly limits: ArchiveLimits;
}

/** Bounds for archives inside files. */
export interface ArchiveLimits {
  readonly archiveDepth: number;
  readonly unpackedBytes: number;
  readonly entries: number;
}

/** A package before the layers are laid over each other. */
export type FoundPackage = Omit<Package, 'layer' | 'ownedBy'>;

/** A path without leading slash, and its MD5, SHA-1 or SHA-256, hexadecimal: which of them, the length says. */
export type FileSum = readonly [path: string, digest: string];

/**
 * What one file says.
 * - `packages`: the file lists or is these packages. A file that replaces it replaces them all.
 * - `owns`: files owned by the package of this name (and architecture), for databases that keep lists apart (dpkg `*.list`).
 * - `distribution`: the file is an `os-release`.
 */
export interface Analysis {
  /** What a package database keeps of the content of files: regular ones that nobody is to change. */
  readonly sums?: readonly FileSum[];
  readonly packages: readonly FoundPackage[];
  readonly owns?: { readonly package: string; readonly architecture?: string; readonly files: readonly string[] };
  readonly distribution?: {
    readonly id: string;
    readonly version?: string;
    readonly like: readonly string[];
    readonly name: string;
  };
  readonly faults: readonly Fault[];
}

export const nothing: Analysis = { packages: [], faults: [] };
