import type { CertificateFile } from './certificates.ts';
import type { MinerMark } from './miners.ts';
import type { PackingMark } from './packing.ts';

/** A file whose content tells something. */
export interface NotedContent {
  readonly path: string;
  /** It may be executed, or is machine code. */
  readonly isProgram: boolean;
  readonly miner?: MinerMark;
  readonly packing?: PackingMark;
}

/** What the contents of one layer's files say. */
export interface LayerContents {
  readonly noted: readonly NotedContent[];
  /** Hard links to files of which nothing is told in this layer: path → path of the file. */
  readonly links: Readonly<Record<string, string>>;
  /** Lists of hashes that dpkg keeps of packages' files, and its list of diversions, by their paths. */
  readonly sums: Readonly<Record<string, string>>;
  /** SHA-1, base64, by their paths, of programs that apk may have installed: what it keeps of its files. */
  readonly programs: Readonly<Record<string, string>>;
  /** Files of certificates by their paths; null: not read. */
  readonly certificates: Readonly<Record<string, CertificateFile | null>>;
  /** Whether something was left out for its number. */
  readonly isCut: boolean;
}

/** Most that one layer tells of. */
export const mostNoted = 1_000;
export const mostLinks = 50_000;
export const mostPrograms = 200_000;
export const mostCertificateFiles = 5_000;
/** Characters of all lists of hashes of one layer: those of 300,000 files. */
export const mostSums = 32 * 1024 * 1024;
