import type { Fault } from '#image/index.ts';
import type { Analysis } from '#ecosystems/index.ts';
import type { LayerContents } from './contents/layer-contents.ts';
import type { LayerExecutables } from './executables/layer-executables.ts';
import type { LayerSecrets } from './file-facts/layer-secrets.ts';
import type { LayerFileFacts } from './file-facts/layer-file-facts.ts';
import type { LayerMalware } from './malware/layer-malware.ts';
import type { LayerUnpacked } from './scripts/layer-unpacked.ts';

/** Raised when the same layer would give another result for the same analyzers: older cached results are dropped. */
export const layerResultVersion = 11;

/** What one layer adds and removes, as far as catalogs are concerned. Nothing in it depends on the image around it. */
export interface LayerResult {
  /** Bytes of the uncompressed tar. */
  readonly size: number;
  /** Whether the bytes matched digest and diffID. */
  readonly verified: boolean;
  readonly removed: readonly string[];
  readonly opaque: readonly string[];
  readonly directories: readonly string[];
  readonly symlinks: Readonly<Record<string, string>>;
  /** Paths of everything else that is no directory (`path-list.ts` of images): a layer may hold a million. */
  readonly others: Uint8Array;
  readonly files: readonly AnalyzedPath[];
  /** Hard links to programs among these files: path → path of the program. */
  readonly links?: Readonly<Record<string, string>>;
  /** Missing: not looked at. */
  readonly executables?: LayerExecutables;
  /** Missing: of a folder, the layer could not be read, or it was read again for its links. */
  readonly fileFacts?: LayerFileFacts;
  /** Missing: as of `fileFacts`. */
  readonly contents?: LayerContents;
  /** Of a layer that was searched; then nothing else is told of it. */
  readonly malware?: LayerMalware;
  /** Of a layer that was unpacked; then nothing else is told of it. */
  readonly unpacked?: LayerUnpacked;
  /** Missing: of a folder, or not searched. */
  readonly secrets?: LayerSecrets;
  /** Faults of the layer itself, without its place in an image; those of a file are in its analyses. */
  readonly faults: readonly Fault[];
}

/** A file that means something: what analyzers read in it, or that it belongs to a database nobody reads. */
export interface AnalyzedPath {
  readonly path: string;
  readonly analyses: readonly FileAnalysis[];
  /** Id of the unread database (`package-databases.ts`). */
  readonly unread?: string;
  /** It is a machine program. `static`: it needs no file besides itself, and carries its libraries within. */
  readonly program?: 'static' | 'dynamic';
}

export interface FileAnalysis {
  readonly analyzer: string;
  readonly analysis: Analysis;
}

/** A folder or file that is reached by another name through symbolic links of the image; `to` is what analyzers know. */
export interface Alias {
  readonly from: string;
  readonly to: string;
}

/** A layer that could not be read at all. */
export function unreadLayer(fault: Fault): LayerResult {
  return {
    size: 0,
    verified: false,
    removed: [],
    opaque: [],
    directories: [],
    symlinks: {},
    others: new Uint8Array(),
    files: [],
    faults: [fault],
  };
}
