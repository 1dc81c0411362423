import type { Leftover } from '#secrets/index.ts';

/** Files that say who is who. */
export const accountFiles = ['etc/passwd', 'etc/group', 'etc/shadow'] as const;
export type AccountFile = (typeof accountFiles)[number];

/** What is told of a file besides packages and executables. */
export const fileFactKinds = ['worldWritable', 'fileCapabilities', 'leftovers', 'packageCaches'] as const;
export type FileFactKind = (typeof fileFactKinds)[number];

/** A regular file or folder of which something is told. */
export interface NotedFile {
  readonly path: string;
  /** Everybody may write it; of a folder, also take away what others put there. */
  readonly writable?: { readonly kind: 'file' | 'directory'; readonly mode: number };
  /** Names without `CAP_`, sorted. */
  readonly capabilities?: readonly string[];
  readonly leftover?: Leftover;
  /** A package manager keeps it for its next run. */
  readonly isPackageCache?: boolean;
}

/** What one layer's files say. */
export interface LayerFileFacts {
  readonly noted: readonly NotedFile[];
  /** Hard links to files of which nothing is told in this layer: path → path of the file. */
  readonly links: Readonly<Record<string, string>>;
  /** Account files that the layer holds, without passwords; `null`: not read. */
  readonly accounts: { readonly [File in AccountFile]?: string | null };
  /** Kinds of which some were left out for their number. */
  readonly cut: readonly FileFactKind[];
  /** Whether some of `links` were left out. */
  readonly areLinksCut: boolean;
}

/** Most files of one kind that one layer tells of. */
export const mostOfLayer: Readonly<Record<FileFactKind, number>> = {
  worldWritable: 10_000,
  fileCapabilities: 1_000,
  leftovers: 1_000,
  packageCaches: 1_000,
};
