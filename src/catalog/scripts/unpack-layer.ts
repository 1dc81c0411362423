import { writeSync } from 'node:fs';
import { messageOf, oneLine } from '#base/index.ts';
import { type EntryHeader, type LayerWatcher, readLayer } from '#image/index.ts';
import type { LayerListener, LayerTask } from '../analyze-layer.ts';
import { type LayerResult, unreadLayer } from '../layer-result.ts';
import { type ConfinedTree, openTree } from './confined-tree.ts';
import { limits } from '../limits.ts';
import type { UnpackedSize, UnpackTask } from './layer-unpacked.ts';

/** Lays the files of a layer over those below it. What cannot be written is told of: then no script sees an image. */
export async function unpackLayer(task: LayerTask, unpack: UnpackTask, listener: LayerListener): Promise<LayerResult> {
  if (task.what.kind !== 'layer') throw new Error('only layers of images are unpacked');
  const writer = new LayerWriter(openTree(unpack.folder), unpack.left);
  writer.hide(unpack);
  const visitor = { wants: () => false, visit: () => undefined, watcher: writer.watcher };
  const pass = await readLayer(task.what.blob, visitor, { limits: task.limits, onProgress: listener.progress });
  const { size } = writer;
  const lacking = writer.lacking ?? pass.faults[0]?.message;
  return {
    ...unreadLayer({ code: 'unreadable-file', message: 'The layer was unpacked only.' }),
    faults: [],
    verified: pass.verified,
    unpacked: { size, ...(lacking !== undefined && { lacking: oneLine(lacking, 300) }) },
  };
}

class LayerWriter {
  readonly #tree: ConfinedTree;
  readonly #left: UnpackedSize;
  #bytes = 0;
  #entries = 0;
  #lacking: string | undefined;
  /** Regular file whose bytes come next; its header says more of it. */
  #begun: { readonly path: string; mode: number } | undefined;

  constructor(tree: ConfinedTree, left: UnpackedSize) {
    this.#tree = tree;
    this.#left = left;
  }

  get size(): UnpackedSize {
    return { bytes: this.#bytes, entries: this.#entries };
  }

  get lacking(): string | undefined {
    return this.#lacking;
  }

  hide({ removed, opaque }: Pick<UnpackTask, 'removed' | 'opaque'>): void {
    for (const path of opaque) this.#write(path, () => this.#tree.empty(path));
    for (const path of removed) this.#write(path, () => this.#tree.remove(path));
  }

  readonly watcher: LayerWatcher = {
    file: (path, size, mode) => {
      this.#begun = { path, mode };
      this.#bytes += size;
      if (this.#bytes > this.#left.bytes) this.#leave(path, 'the files before it take all the room there is');
      const file = this.#add(path, () => this.#tree.open(path, mode));
      if (file === undefined) return undefined;
      return {
        write: (chunk) => this.#write(path, () => writeAll(file, chunk)),
        end: () => this.#write(path, () => this.#tree.close(file, mode)),
      };
    },
    hardLink: (path, target) => void this.#add(path, () => this.#tree.hardLink(path, target)),
    symlink: (path, target) => void this.#add(path, () => this.#tree.symlink(path, target)),
    // A folder stays where one is; the header says its mode.
    other: (path, kind) => {
      if (kind === 'special') this.#write(path, () => this.#tree.remove(path));
    },
    header: (header) => this.#header(header),
  };

  /** A regular file of which `file` was not told is too large to be put together. */
  #header({ kind, path, mode }: EntryHeader): void {
    if (kind === 'directory') this.#add(path, () => this.#tree.folder(path, mode));
    else if (this.#begun?.path !== path) this.#leave(path, 'it is too large to be put together');
    this.#begun = undefined;
  }

  #add<Made>(path: string, make: () => Made): Made | undefined {
    this.#entries += 1;
    if (this.#entries > this.#left.entries) this.#leave(path, 'there are too many files before it');
    if (path.split('/').length > limits.unpackedDepth.value) this.#leave(path, 'it lies too deep');
    return this.#write(path, make);
  }

  /** Nothing more is written once something is lacking: no script looks at it. */
  #write<Made>(path: string, make: () => Made): Made | undefined {
    if (this.#lacking !== undefined) return undefined;
    try {
      return make();
    } catch (error) {
      this.#leave(path, messageOf(error));
      return undefined;
    }
  }

  #leave(path: string, reason: string): void {
    this.#lacking ??= `/${oneLine(path, 120)}: ${reason}`;
  }
}

function writeAll(file: number, chunk: Buffer): void {
  for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
}
