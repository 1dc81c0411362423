import type { FileRange } from './bytes.ts';
import type { Fault } from './contract-fault.ts';
import type { FileSystemSubject, ImageSubject, Layer, Platform } from './contract.ts';
import type { DigestKeeping } from './kept-digests.ts';
import type { RegistryAccess } from './sources/registry/access.ts';

/** Where images come from: an archive, a layout, an engine, a folder; or what another tool found in one. One folder under `sources/` each. */
export interface ImageSource {
  readonly id: string;
  readonly version: number;
  /** Prefix that names it in a target: `archive:`, `oci:`, `docker:`, `dir:`, `registry:`, `sbom:`. */
  readonly prefix: string;
  readonly summary: string;
  /** Whether a reference without prefix looks like one of its own; sources are asked in list order. */
  accepts(reference: string): Promise<boolean>;
  /** Opens it. Throws `AppError` (`target-not-found`, `target-unreadable`, `target-corrupt`, `docker-unavailable`, `registry-…`, `platform-not-found`). */
  open(reference: string, options: OpenOptions): Promise<OpenedTarget>;
  /** Platforms that it holds images for, so that each can be opened. Missing: it holds one. Throws as `open`. */
  platforms?(reference: string, options: OpenOptions): Promise<PlatformsFound>;
}

/** What an index names. */
export interface PlatformsFound {
  /** Each as it is asked for to get that image and no other. */
  readonly platforms: readonly Platform[];
  /** Images that are named and cannot be opened by their platform. */
  readonly unopened: readonly UnopenedPlatform[];
  /** Manifests that say how an image was built, or what is in it, and are none. */
  readonly attestations: number;
}

export interface UnopenedPlatform {
  /** `linux/arm64`. */
  readonly platform: string;
  readonly reason: string;
}

export interface OpenOptions {
  /** Of several images, the one for this platform is meant. */
  readonly platform: Platform;
  /** Whether a single image for another platform is none that is meant either. */
  readonly isPlatformAsked?: boolean;
  readonly limits: ScanLimits;
  /** Socket of the Docker engine. */
  readonly dockerSocket: string;
  /** How registries are reached; missing: over TLS, as nobody. */
  readonly registry?: RegistryAccess;
  /**
   * Called before a registry is asked for a name that the local engine does not have. Missing: no registry is asked unless
   * the target names one with `registry:`.
   */
  readonly onRegistry?: (repository: string) => void;
  /** Where sources keep what spares them work next time. */
  readonly cacheFolder?: string;
  /** For archives: digests of earlier readings that stand for hashing a layer again; missing: each is hashed. */
  readonly keeping?: DigestKeeping | undefined;
  readonly signal?: AbortSignal;
}

/** Bounds on what a hostile image may cost; each is a setting of `scan`. */
export interface ScanLimits {
  /** Bytes of one layer after unpacking. */
  readonly layerBytes: number;
  /** Entries of one layer. */
  readonly layerEntries: number;
  /** Bytes of one file that an analyzer reads. */
  readonly fileBytes: number;
  /** Archives inside archives. */
  readonly archiveDepth: number;
  /** Milliseconds for one layer. */
  readonly layerMilliseconds: number;
}

export const defaultLimits: ScanLimits = {
  layerBytes: 16 * 1024 ** 3,
  layerEntries: 5_000_000,
  fileBytes: 512 * 1024 ** 2,
  archiveDepth: 16,
  layerMilliseconds: 300_000,
};

/** A target that is open, its identity checked as far as the source allows before its layers are read. */
export type OpenedTarget = OpenedImage | OpenedFolder | OpenedBill;

export interface OpenedImage {
  readonly kind: 'image';
  /** Config checked against its digest. Layer sizes are 0 until read. */
  readonly subject: ImageSubject;
  /** The config as it is kept, checked against the subject's digest. */
  readonly config: Uint8Array;
  /**
   * Makes the blob of a layer ready to be read: fetches it, where the source must. Its digest and diffID are checked
   * while it is read. A scan that already knows a layer by its diffID calls `verify` instead, which is cheaper.
   * Throws `AppError` `target-corrupt` when the source lacks the blob.
   */
  blob(index: number): Promise<LayerBlob>;
  /**
   * A second way to the same layer, for one whose first blob turned out damaged or incomplete; missing where the source
   * has only one. Throws as `blob`.
   */
  otherBlob?(index: number): Promise<LayerBlob>;
  /** How an engine's image is read: from the engine's own files, or from what the engine writes out. */
  readonly readFrom?: 'engine-files' | 'engine-save';
  /** Checks, without unpacking where that is possible, that the source really holds this layer. Throws `target-corrupt`. */
  verify(index: number): Promise<void>;
  close(): Promise<void>;
}

export interface OpenedFolder {
  readonly kind: 'folder';
  readonly subject: FileSystemSubject;
  readonly path: string;
  /** Sources, or the root file system of an operating system. */
  readonly holds: 'sources' | 'root';
  close(): Promise<void>;
}

/** A bill of materials, not looked into yet. Nothing of what it lists can be seen again. */
export interface OpenedBill {
  readonly kind: 'bill';
  /** The file itself: a bill proves nothing of the image that it names. */
  readonly subject: FileSystemSubject;
  readonly bytes: Uint8Array;
  close(): Promise<void>;
}

/** Where the bytes of a layer lie, so that worker threads and repeated reads need no copy. */
export type LayerBlob = StoredLayer | SplitLayer;

/** A layer whose blob lies in a file, from `offset`, `length` bytes. */
export interface StoredLayer extends FileRange {
  readonly kind: 'stored';
  readonly layer: Layer;
}

/** A layer that an engine keeps unpacked, with the recipe that puts its tar together again (`tar/split-tar.ts`). */
export interface SplitLayer {
  readonly kind: 'split';
  readonly layer: Layer;
  readonly recipe: string;
  readonly folder: string;
}

/** What one pass over a layer learned besides the files that were asked for. */
export interface LayerPass {
  /** Bytes of the uncompressed tar. */
  readonly size: number;
  readonly entries: number;
  /** Paths that a whiteout (`.wh.NAME`) removed. */
  readonly removed: readonly string[];
  /** Directories whose lower content is hidden (`.wh..wh..opq`). */
  readonly opaque: readonly string[];
  /** Directories that have an entry of their own; one over a lower layer's symbolic link replaces it. */
  readonly directories: readonly string[];
  /** Symbolic links, path → target as written. */
  readonly symlinks: Readonly<Record<string, string>>;
  /** Everything else with a path: each takes the place of a file or a whole folder of a lower layer. A list of `path-list.ts`, of at most a million. */
  readonly others: Uint8Array;
  /** Hard links, path → path of the file in the same layer. */
  readonly hardLinks: Readonly<Record<string, string>>;
  /** Whether all bytes were read and match digest and diffID; always true for a folder, which has none. */
  readonly verified: boolean;
  readonly faults: readonly Fault[];
}

/** A regular file that a visitor asked for. `path` is normalised: no leading slash, no `.` or `..`. */
export interface LayerFile {
  readonly path: string;
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  readonly content: Uint8Array;
}

export interface LayerVisitor {
  /** Called for each regular file; content is read only where it answers true. */
  wants(path: string, size: number, mode: number): boolean;
  visit(file: LayerFile): void | Promise<void>;
  /** Sees all that a layer holds as it is read. Folders that are read as a layer have none. */
  readonly watcher?: LayerWatcher;
  /** Of folders that are read as a layer instead: sees each file that may be executed and is not wanted, opened. */
  opened?(file: Pick<LayerFile, 'path' | 'size' | 'mode'>, bytes: Spans): void;
  /** Which of those that may not be executed are shown opened all the same. */
  opens?(path: string): boolean;
}

/** Parts of a file that are at hand, by their offsets. */
export interface Spans {
  /** Exactly these bytes; `undefined` unless all of them are at hand. */
  read(offset: number, length: number): Buffer | undefined;
  /** As many of these bytes as are at hand from `offset` on. */
  upTo(offset: number, length: number): Buffer;
}

/** Sees each entry of a layer in the layer's order. Paths are normalised. */
export interface LayerWatcher {
  /** A regular file begins. What is answered gets its bytes, and `end` when they were all there. */
  file(path: string, size: number, mode: number): FileSink | undefined;
  /** A further name of a file. */
  hardLink(path: string, target: string): void;
  /** Anything else that now lies under this path. `special`: a device, a pipe, or a file too large to be put together. */
  other(path: string, kind: 'directory' | 'symlink' | 'special'): void;
  /** Where a symbolic link leads, as written, after it was told of by `other`. */
  symlink?(path: string, target: string): void;
  /** What stands before a regular file or a folder, after it was told of by `file` or `other`. */
  header?(header: EntryHeader): void;
}

/** What a layer says of a regular file or a folder before its content. */
export interface EntryHeader {
  readonly kind: 'file' | 'directory';
  readonly path: string;
  readonly size: number;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  /** Extended attribute `security.capability`, as the kernel keeps it. */
  readonly capabilities?: Uint8Array;
}

/** Takes the bytes of a file while they are read; a chunk is only valid during the call. */
export interface FileSink {
  write(chunk: Buffer): void;
  end(): void;
}
