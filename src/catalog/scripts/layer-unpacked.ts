/** What one layer is laid over. */
export interface UnpackTask {
  /** Folder of this host that holds what the layers below left. */
  readonly folder: string;
  /** What the layer removes of them, and folders of which it hides what they hold. */
  readonly removed: readonly string[];
  readonly opaque: readonly string[];
  /** What may still be written. */
  readonly left: UnpackedSize;
}

export interface UnpackedSize {
  readonly bytes: number;
  readonly entries: number;
}

/** What came of it. */
export interface LayerUnpacked {
  readonly size: UnpackedSize;
  /** Why the folder does not hold everything; missing: it does. */
  readonly lacking?: string;
}

/** What the files of an image may take where scripts look at them. */
export const unpackLimits = {
  unpackedBytes: {
    value: 8 * 1024 ** 3,
    unit: 'bytes of files that scripts look at',
    per: 'image',
    answer: 'checks by scripts are not assessed',
  },
  unpackedEntries: {
    value: 1_000_000,
    unit: 'files, folders and links that scripts look at',
    per: 'image',
    answer: 'checks by scripts are not assessed',
  },
  unpackedDepth: {
    value: 128,
    unit: 'folders inside folders that scripts look at',
    per: 'image',
    answer: 'checks by scripts are not assessed',
  },
} as const;
