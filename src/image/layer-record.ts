import type { FaultList } from './fault-list.ts';
import { mostPaths, PathListWriter, pathList, pathsIn } from './path-list.ts';
import { folderOf, longestPath, nameOf, normalPath, shownPath } from './path.ts';
import type { EntryHeader, FileSink, LayerFile, LayerPass, LayerVisitor, LayerWatcher, ScanLimits } from './source.ts';
import type { Member } from './tar/member.ts';

/** Marks of removed content (OCI image specification, "Whiteouts"). */
const whiteout = '.wh.';
const opaqueWhiteout = '.wh..wh..opq';
/** Files that aufs keeps for itself. */
const aufsOwn = '.wh..wh.';

/** Listing of a layer while it is read: what it adds and removes, and which files the visitor wants. */
export interface LayerRecord {
  /** Notes an entry; true when the content of this regular file is wanted. */
  enter(member: Member): boolean;
  /** What takes the bytes of the regular file that was just entered, whether or not it is wanted. */
  sinkOf(member: Member): FileSink | undefined;
  /** The file as visitors get it. */
  fileOf(member: Member, content: Buffer): LayerFile;
  /** Whether the limit on entries is reached; nothing more is noted then. */
  isFull(): boolean;
  /** Hard links with wanted names: path of the linked file → names. */
  wantedLinks(): ReadonlyMap<string, readonly string[]>;
  pass(): Omit<LayerPass, 'size' | 'verified' | 'faults'>;
}

export interface RecordOptions {
  readonly limits: ScanLimits;
  readonly layer: number;
  readonly faults: FaultList;
}

export function createLayerRecord(visitor: LayerVisitor, options: RecordOptions): LayerRecord {
  const notes = emptyNotes();
  return {
    enter: (member) => enter({ notes, visitor, options }, member),
    sinkOf: (member) => sinkOf({ notes, visitor, options }, member),
    fileOf: (member, content) => ({ path: pathOf(member.path) ?? '', size: member.size, mode: member.mode, content }),
    isFull: () => notes.full,
    wantedLinks: () => wantedLinks(notes, visitor),
    pass: () => ({
      entries: notes.entries,
      removed: [...notes.removed],
      opaque: [...notes.opaque],
      directories: [...notes.directories],
      symlinks: Object.fromEntries(notes.symlinks),
      others: othersOf(notes),
      hardLinks: Object.fromEntries(notes.hardLinks),
    }),
  };
}

/** What came last for a path counts. Few layers hold one twice, so those that became something else are left out at the end. */
function othersOf({ others, directories, symlinks, lostLinks }: Notes): Uint8Array {
  const isOther = (path: string): boolean => !directories.has(path) && !symlinks.has(path) && !lostLinks.has(path);
  const list = others.list();
  for (const path of pathsIn(list)) if (!isOther(path)) return pathList(pathsIn(list).filter(isOther));
  return list;
}

/** Whether the file is small enough to be read; a larger one is a fault. */
function fits(file: { readonly path: string; readonly size: number }, options: RecordOptions): boolean {
  const limit = options.limits.fileBytes;
  if (file.size <= limit) return true;
  const message = `${shownPath(file.path)} has ${file.size} bytes, the limit is ${limit}.`;
  options.faults.add({ code: 'file-limit', message, path: file.path, layer: options.layer });
  return false;
}

interface Notes {
  entries: number;
  full: boolean;
  /** Path of the regular file that was entered last, until it is asked for. */
  entered: string | undefined;
  readonly removed: Set<string>;
  readonly opaque: Set<string>;
  readonly directories: Set<string>;
  readonly symlinks: Map<string, string>;
  readonly hardLinks: Map<string, string>;
  /** Symbolic links whose target is too long to be kept. */
  readonly lostLinks: Set<string>;
  readonly others: PathListWriter;
}

function emptyNotes(): Notes {
  return {
    entries: 0,
    full: false,
    entered: undefined,
    removed: new Set(),
    opaque: new Set(),
    directories: new Set(),
    symlinks: new Map(),
    hardLinks: new Map(),
    lostLinks: new Set(),
    others: new PathListWriter(),
  };
}

interface Entering {
  readonly notes: Notes;
  readonly visitor: LayerVisitor;
  readonly options: RecordOptions;
}

function enter({ notes, visitor, options }: Entering, member: Member): boolean {
  notes.entered = undefined;
  if (notes.full) return false;
  if (notes.entries >= options.limits.layerEntries) {
    notes.full = true;
    const message = `The layer holds more than ${options.limits.layerEntries} entries.`;
    options.faults.add({ code: 'entry-limit', message, layer: options.layer });
    return false;
  }
  notes.entries += 1;
  const normal = normalPath(member.path);
  if (normal.kind === 'root') return false;
  if (normal.kind === 'unsafe') {
    unsafe(options, member.path);
    return false;
  }
  const path = normal.path;
  const name = nameOf(path);
  if (name.startsWith(whiteout)) {
    enterWhiteout(notes, folderOf(path), name);
    return false;
  }
  notes.symlinks.delete(path);
  notes.hardLinks.delete(path);
  notes.lostLinks.delete(path);
  if (member.kind !== 'directory') notes.directories.delete(path);
  // They tell what the layer replaces; beyond the limit a folder of a lower layer seems to stay.
  if (member.kind !== 'directory' && member.kind !== 'symlink' && notes.others.count < mostPaths)
    notes.others.add(path);
  return enterKind({ notes, visitor, options }, member, path);
}

function enterKind({ notes, visitor, options }: Entering, member: Member, path: string): boolean {
  switch (member.kind) {
    case 'file':
      notes.entered = path;
      if (!visitor.wants(path, member.size, member.mode)) return false;
      return fits({ path, size: Math.max(member.size, member.packedSize) }, options);
    case 'directory':
      notes.directories.add(path);
      visitor.watcher?.other(path, 'directory');
      visitor.watcher?.header?.(headerOf(member, { kind: 'directory', path }));
      return false;
    case 'symlink':
      visitor.watcher?.other(path, 'symlink');
      if (member.target.length <= longestPath) {
        notes.symlinks.set(path, member.target);
        visitor.watcher?.symlink?.(path, member.target);
      } else {
        notes.lostLinks.add(path);
        unsafe(options, member.target);
      }
      return false;
    case 'hard-link': {
      const target = normalPath(member.target);
      if (target.kind === 'path') {
        notes.hardLinks.set(path, target.path);
        visitor.watcher?.hardLink(path, target.path);
      } else unsafe(options, member.target);
      return false;
    }
    case 'other':
      visitor.watcher?.other(path, 'special');
      return false;
  }
}

/** A sparse file is put together whole first, so it is bounded as a wanted file is. */
function sinkOf({ notes, visitor, options }: Entering, member: Member): FileSink | undefined {
  const path = notes.entered;
  notes.entered = undefined;
  if (path === undefined || visitor.watcher === undefined) return undefined;
  const sink = watchedSink({ watcher: visitor.watcher, options }, member, path);
  visitor.watcher.header?.(headerOf(member, { kind: 'file', path }));
  return sink;
}

function headerOf({ size, mode, capabilities }: Member, named: Pick<EntryHeader, 'kind' | 'path'>): EntryHeader {
  return { ...named, size, mode, ...(capabilities && { capabilities }) };
}

interface Watching {
  readonly watcher: LayerWatcher;
  readonly options: RecordOptions;
}

function watchedSink({ watcher, options }: Watching, member: Member, path: string): FileSink | undefined {
  const size = Math.max(member.size, member.packedSize);
  if (member.sparse === undefined || size <= options.limits.fileBytes)
    return watcher.file(path, member.sparse === undefined ? member.packedSize : member.size, member.mode);
  watcher.other(path, 'special');
  if ((member.mode & 0o111) !== 0) fits({ path, size }, options);
  return undefined;
}

function enterWhiteout(notes: Notes, folder: string, name: string): void {
  if (name === opaqueWhiteout) notes.opaque.add(folder);
  else if (!name.startsWith(aufsOwn)) {
    const removed = name.slice(whiteout.length);
    notes.removed.add(folder === '' ? removed : `${folder}/${removed}`);
  }
}

/** The size of a link is its file's, which is not known yet: the visitor is asked as for a file of one byte. */
function wantedLinks(notes: Notes, visitor: LayerVisitor): ReadonlyMap<string, readonly string[]> {
  const wanted = new Map<string, string[]>();
  for (const [path, first] of notes.hardLinks) {
    if (!visitor.wants(path, 1, 0o644)) continue;
    const target = endOfLinks(notes.hardLinks, first);
    const known = wanted.get(target);
    if (known === undefined) wanted.set(target, [path]);
    else known.push(path);
  }
  return wanted;
}

function endOfLinks(links: ReadonlyMap<string, string>, first: string): string {
  let target = first;
  for (let hops = 0; hops < 64; hops += 1) {
    const next = links.get(target);
    if (next === undefined || next === target) return target;
    target = next;
  }
  return target;
}

function unsafe(options: RecordOptions, path: string): void {
  const message = `The entry ${shownPath(path)} climbs out of the image, or is longer than a path can be.`;
  options.faults.add({ code: 'unsafe-path', message, path: path.slice(0, 4096), layer: options.layer });
}

function pathOf(written: string): string | undefined {
  const normal = normalPath(written);
  return normal.kind === 'path' ? normal.path : undefined;
}
