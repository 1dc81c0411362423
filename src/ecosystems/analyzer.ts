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
   * `sources`: it reads what a build installs, such as a lock file, and only in a folder of sources. What such a file lists
   * need not be installed in an image that holds it. Missing: it reads what is installed, everywhere.
   */
  readonly of?: 'sources';
  /**
   * It reads manifests, which ask for packages (`asks` of `Analysis`): paths of the lock files that answer for one. What
   * comes before the match is the folder of the manifest.
   */
  readonly answeredBy?: RegExp;
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
  /** Texts whose surroundings it asks for in a program of this path, of which not all may be at hand. */
  readonly seeks?: (path: string) => readonly string[];
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

/** What a manifest asks for; which versions a build takes, a lock file or what is installed tells. */
export interface Asked {
  /** What the project itself is called; others beside it may ask for it. */
  readonly own?: string;
  /** Names of packages of the registry, without what is only for development. */
  readonly names: readonly string[];
  /** It tells the versions of all of them by itself, and nothing of what they bring. */
  readonly isVersioned?: true;
  /** Number of further ones, whose names are unknown. */
  readonly others: number;
  /** Why it could not be read; then it may ask for anything. */
  readonly problem?: string;
  /** What makes the lock file, or installs what is asked for: `npm install --package-lock-only`. */
  readonly command: string;
}

/** A path without leading slash, and its MD5, SHA-1 or SHA-256, hexadecimal: which of them, the length says. */
export type FileSum = readonly [path: string, digest: string];

/** Files of one package, which is told by its name or by the path of its evidence. */
type OwnedFiles = { readonly files: readonly string[] } & (
  | { readonly package: string; readonly architecture?: string }
  | { readonly evidence: string }
);

/**
 * What one file says.
 * - `packages`: the file lists or is these packages. A file that replaces it replaces them all.
 * - `owns`: files owned by the package of this name (and architecture), or by the one that the file `evidence` is, for
 *   databases that keep lists apart (dpkg `*.list`, `RECORD` of Python).
 * - `origin`: where the package that the file `evidence` is came from, in words that are added to its evidence, for what is
 *   written beside the metadata (`direct_url.json` of Python).
 * - `distribution`: the file is an `os-release`.
 * - `asks`: the file is a manifest.
 * - `contentSets`: labels of repositories that the distribution's builder took packages of this layer from.
 */
export interface Analysis {
  /** What a package database keeps of the content of files: regular ones that nobody is to change. */
  readonly sums?: readonly FileSum[];
  readonly packages: readonly FoundPackage[];
  readonly owns?: OwnedFiles;
  readonly origin?: { readonly evidence: string; readonly words: string };
  readonly distribution?: {
    readonly id: string;
    readonly version?: string;
    readonly like: readonly string[];
    readonly name: string;
  };
  readonly contentSets?: readonly string[];
  readonly asks?: Asked;
  readonly faults: readonly Fault[];
}

export const nothing: Analysis = { packages: [], faults: [] };

/** Those that read what is installed: all that an image or the root file system of a host is read with. */
export function readersOfInstalled(analyzers: readonly Analyzer[]): readonly Analyzer[] {
  return analyzers.filter(({ of }) => of === undefined);
}
