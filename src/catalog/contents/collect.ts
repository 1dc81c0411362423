import type { FileSink, LayerWatcher } from '#image/index.ts';
import { ContentReading, type StartedFile } from './content-reading.ts';
import { type LayerContents, mostLinks, mostNoted, mostSums, type NotedContent } from './layer-contents.ts';
import { minerNamed } from './miners.ts';

/** Gathers what the contents of files say while a layer is read. */
export interface ContentCollector {
  readonly watcher: LayerWatcher;
  result(): LayerContents;
}

interface Collection {
  readonly noted: Map<string, NotedContent>;
  readonly links: Map<string, string>;
  readonly sums: Map<string, string>;
  sumsLength: number;
  isCut: boolean;
}

export function createContentCollector(): ContentCollector {
  const collection: Collection = { noted: new Map(), links: new Map(), sums: new Map(), sumsLength: 0, isCut: false };
  return {
    watcher: watcherOf(collection),
    result: () => ({
      noted: [...collection.noted.values()],
      links: Object.fromEntries(collection.links),
      sums: Object.fromEntries(collection.sums),
      isCut: collection.isCut,
    }),
  };
}

const sumsOfDpkg = /^var\/lib\/dpkg\/(?:diversions$|(?:info|status\.d)\/[^/]+\.md5sums$)/;

function watcherOf(collection: Collection): LayerWatcher {
  const { noted, links, sums } = collection;
  const release = (path: string): void => {
    noted.delete(path);
    links.delete(path);
    sums.delete(path);
  };
  return {
    file(path, size, mode) {
      release(path);
      if (sumsOfDpkg.test(path)) return sumsSink(collection, path, size);
      return contentSink(collection, { path, size, isExecutable: (mode & 0o111) !== 0 });
    },
    hardLink(path, target) {
      if (path === target) return;
      release(path);
      const known = noted.get(target);
      if (known !== undefined) return note(collection, { ...known, path });
      if (links.size < mostLinks) links.set(path, links.get(target) ?? target);
      else collection.isCut = true;
    },
    other: release,
  };
}

function note(collection: Collection, content: NotedContent): void {
  if (collection.noted.size < mostNoted) collection.noted.set(content.path, content);
  else collection.isCut = true;
}

function sumsSink(collection: Collection, path: string, size: number): FileSink | undefined {
  collection.isCut ||= collection.sumsLength + size > mostSums;
  if (collection.isCut) return undefined;
  collection.sumsLength += size;
  const chunks: Buffer[] = [];
  return {
    write: (chunk) => void chunks.push(Buffer.from(chunk)),
    end: () => void collection.sums.set(path, Buffer.concat(chunks).toString('utf8')),
  };
}

function contentSink(
  collection: Collection,
  { path, size, isExecutable }: StartedFile & { readonly path: string },
): FileSink | undefined {
  if (size === 0) return undefined;
  const named = isExecutable ? minerNamed(path) : undefined;
  const reading = new ContentReading({ size, isExecutable });
  return {
    write: (chunk) => reading.write(chunk),
    end() {
      const { isElf, mark, packing } = reading.end();
      const miner = named ?? mark;
      const isProgram = isElf || isExecutable;
      if (miner === undefined && packing === undefined) return;
      note(collection, { path, isProgram, ...(miner && { miner }), ...(packing && { packing }) });
    },
  };
}
