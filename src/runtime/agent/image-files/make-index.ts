import { renameSync, rmSync } from 'node:fs';
import type { ImageDigest } from '#base/index.ts';
import { readExecutables } from '#catalog/agent/index.ts';
import { findBackingFiles } from './backing-files.ts';
import { writeImageIndex } from './image-index.ts';
import { findPackedLibraries, noLibraries } from './packed-libraries.ts';

/** One index to be made. */
export interface IndexJob {
  /** Of the agent: the scan lies in it. */
  readonly stateFolder: string;
  readonly digest: ImageDigest;
  /** Folders of the image's layers, lowest first; missing while they are not known. */
  readonly layers?: readonly string[];
  readonly stamp: string;
  /** Where the index comes to lie. */
  readonly folder: string;
}

/** How the making ended. */
export type IndexEnd =
  | { readonly kind: 'made' }
  /** There is no scan of the image. */
  | { readonly kind: 'unscanned' }
  | { readonly kind: 'failed'; readonly message: string };

/** Reads the scan, finds the files, and puts the index in its place at once. */
export async function makeIndex({ stateFolder, digest, layers, stamp, folder }: IndexJob): Promise<IndexEnd> {
  const scanned = await readExecutables(stateFolder, digest);
  if (scanned === undefined) return { kind: 'unscanned' };
  const backing = layers === undefined ? undefined : await findBackingFiles(scanned.executables, layers);
  const packed = layers === undefined ? noLibraries : await findPackedLibraries(scanned.executables, layers);
  const next = `${folder}.next`;
  rmSync(next, { recursive: true, force: true });
  writeImageIndex(next, { ...scanned, backing, packed, stamp });
  rmSync(folder, { recursive: true, force: true });
  renameSync(next, folder);
  return { kind: 'made' };
}
