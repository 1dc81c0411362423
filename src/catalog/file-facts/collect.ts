import type { EntryHeader, FileSink, LayerWatcher } from '#image/index.ts';
import { leftoverHead, leftoverOf, needsHead } from '#secrets/index.ts';
import { longestAccountFile, withoutPasswords } from './account-text.ts';
import { capabilitiesOf } from './capabilities.ts';
import {
  type AccountFile,
  accountFiles,
  type FileFactKind,
  type LayerFileFacts,
  mostOfLayer,
  type NotedFile,
} from './layer-file-facts.ts';
import { isPackageCache } from './package-caches.ts';

/** Gathers what the files of a layer say while it is read. */
export interface FileFactCollector {
  readonly watcher: LayerWatcher;
  result(): LayerFileFacts;
}

/** Hard links that are kept to see what they lead to in layers below. */
const mostLinks = 50_000;
/** A left-behind folder is told of by so many of its files: when they are removed later, it is as good as gone. */
const mostOfFolder = 64;

interface Collection {
  readonly noted: Map<string, NotedFile>;
  readonly links: Map<string, string>;
  readonly accounts: Map<string, string | null>;
  /** By the path of the folder that was left behind. */
  readonly folders: Map<string, number>;
  readonly counts: Map<FileFactKind, number>;
  readonly cut: Set<FileFactKind>;
  areLinksCut: boolean;
}

export function createFileFactCollector(): FileFactCollector {
  const collection: Collection = {
    noted: new Map(),
    links: new Map(),
    accounts: new Map(),
    folders: new Map(),
    counts: new Map(),
    cut: new Set(),
    areLinksCut: false,
  };
  return { watcher: watcherOf(collection), result: () => resultOf(collection) };
}

function resultOf({ noted, links, accounts, cut, areLinksCut }: Collection): LayerFileFacts {
  return {
    noted: [...noted.values()],
    links: Object.fromEntries(links),
    accounts: Object.fromEntries(accounts),
    cut: [...cut],
    areLinksCut,
  };
}

function watcherOf(collection: Collection): LayerWatcher {
  const release = (path: string): void => {
    collection.noted.delete(path);
    collection.links.delete(path);
    collection.accounts.delete(path);
  };
  return {
    file(path, size) {
      release(path);
      if (isAccountFile(path)) return accountSink(collection, { path, size });
      return needsHead(path) ? headSink(collection, path) : undefined;
    },
    hardLink(path, target) {
      if (path === target) return;
      release(path);
      holdLink(collection, path, target);
    },
    other: release,
    header(header) {
      const told = factsOf(header);
      if (told !== undefined) note(collection, told);
    },
  };
}

function isAccountFile(path: string): path is AccountFile {
  return accountFiles.some((one) => one === path);
}

const otherWrite = 0o002;
const sticky = 0o1000;
/** Folders that are everybody's by design; what lies in them is its owner's business. */
const temporary = /^(?:var\/)?tmp\//;

/** `undefined`: nothing, as of most. */
function factsOf({ kind, path, size, mode, capabilities }: EntryHeader): NotedFile | undefined {
  const isWritable = (mode & otherWrite) !== 0 && (kind === 'file' || (mode & sticky) === 0) && !temporary.test(path);
  const writable = isWritable ? { writable: { kind, mode } } : {};
  if (kind === 'directory') return isWritable ? { path, ...writable } : undefined;
  if (!isWritable && capabilities === undefined && !isFactByName(path, size)) return undefined;
  const names = capabilities === undefined ? [] : capabilitiesOf(capabilities);
  return {
    path,
    ...writable,
    ...(names.length > 0 && { capabilities: names }),
    ...ofName(path, size),
  };
}

function isFactByName(path: string, size: number): boolean {
  return leftoverOf(path) !== undefined || (size > 0 && isPackageCache(path));
}

function ofName(path: string, size: number): Pick<NotedFile, 'leftover' | 'isPackageCache'> {
  const leftover = leftoverOf(path);
  return { ...(leftover && { leftover }), ...(size > 0 && isPackageCache(path) && { isPackageCache: true }) };
}

/** Adds what is told of a file to what was told before, as far as there is room. */
function note(collection: Collection, told: NotedFile): void {
  const { path, writable, capabilities, leftover, isPackageCache: isCache } = told;
  const kept = {
    ...(writable && hasRoom(collection, 'worldWritable') && { writable }),
    ...(capabilities && hasRoom(collection, 'fileCapabilities') && { capabilities }),
    ...(leftover && isNewLeftover(collection, told) && hasRoom(collection, 'leftovers') && { leftover }),
    ...(isCache === true && hasRoom(collection, 'packageCaches') && { isPackageCache: true }),
  };
  if (Object.keys(kept).length === 0) return;
  collection.noted.set(path, { ...collection.noted.get(path), path, ...kept });
}

function hasRoom({ counts, cut }: Collection, kind: FileFactKind): boolean {
  const count = counts.get(kind) ?? 0;
  if (count >= mostOfLayer[kind]) cut.add(kind);
  else counts.set(kind, count + 1);
  return count < mostOfLayer[kind];
}

function isNewLeftover({ folders }: Collection, { path, leftover }: NotedFile): boolean {
  if (leftover === undefined || leftover.path === path) return true;
  const count = folders.get(leftover.path) ?? 0;
  folders.set(leftover.path, count + 1);
  return count < mostOfFolder;
}

/** A link has mode and capabilities of the file that it is another name of, and is judged by its own name. */
function holdLink(collection: Collection, path: string, target: string): void {
  if (isAccountFile(path)) collection.accounts.set(path, null);
  const { writable, capabilities } = collection.noted.get(target) ?? {};
  note(collection, {
    path,
    ...(writable && !temporary.test(path) && { writable }),
    ...(capabilities && { capabilities }),
    ...ofName(path, 1),
  });
  if (writable !== undefined || capabilities !== undefined) return;
  if (collection.links.size < mostLinks) collection.links.set(path, collection.links.get(target) ?? target);
  else collection.areLinksCut = true;
}

function accountSink(
  { accounts }: Collection,
  { path, size }: { readonly path: AccountFile; readonly size: number },
): FileSink | undefined {
  accounts.set(path, null);
  if (size > longestAccountFile) return undefined;
  const chunks: Buffer[] = [];
  return {
    write: (chunk) => void chunks.push(Buffer.from(chunk)),
    end: () => void accounts.set(path, withoutPasswords(path, Buffer.concat(chunks).toString('utf8'))),
  };
}

function headSink(collection: Collection, path: string): FileSink {
  let head = Buffer.alloc(0);
  return {
    write(chunk) {
      if (head.length < leftoverHead) head = Buffer.concat([head, chunk.subarray(0, leftoverHead - head.length)]);
    },
    end() {
      const leftover = leftoverOf(path, head);
      if (leftover !== undefined) note(collection, { path, leftover });
    },
  };
}
