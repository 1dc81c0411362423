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
