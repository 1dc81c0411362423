import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  statfsSync,
} from 'node:fs';
import { messageOf } from '#base/index.ts';
import { createFaultList } from './fault-list.ts';
import { createLayerRecord, type LayerRecord } from './layer-record.ts';
import { shownPath } from './path.ts';
import type { ReadLayerOptions } from './read-layer.ts';
import type { LayerPass, LayerVisitor, Spans } from './source.ts';
import type { Member, MemberKind } from './tar/member.ts';

/** Kernel views, memory, other machines and other containers, by the magic numbers of statfs(2). */
const skippedFileSystems = new Map([
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
  [0x01021994, 'tmpfs'],
  [0x1cd1, 'devpts'],
  [0x63677270, 'cgroup2'],
  [0x27e0eb, 'cgroup'],
  [0x64626720, 'debugfs'],
  [0x74726163, 'tracefs'],
  [0xcafe4a11, 'bpf'],
  [0x794c7630, 'overlay'],
  [0x6969, 'nfs'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x65735546, 'fuse'],
]);

/** Where engines keep images and containers, which are subjects of their own. */
const engineFolders = new Set(['var/lib/docker', 'var/lib/containerd', 'var/lib/containers/storage']);
/** What such a folder holds when it lies elsewhere, as `data-root` of an engine may say. */
const engineContents = [
  ['image', 'overlay2', 'containers', 'network'],
  ['io.containerd.content.v1.content', 'io.containerd.metadata.v1.bolt'],
  ['overlay-images', 'overlay-layers', 'overlay-containers'],
];

/** Folders of people on a host: what they keep there is not installed for the host. */
const homes = new Set(['home', 'root']);

interface ReadFolderOptions extends ReadLayerOptions {
  /** Whether it is the file system of a host; missing: `/` is. */
  readonly isHost?: boolean;
}

interface Walk {
  readonly root: string;
  readonly visitor: LayerVisitor;
  readonly record: LayerRecord;
  readonly options: ReadLayerOptions;
  readonly isHost: boolean;
  bytes: number;
  unreadable(path: string, error: unknown): void;
}

/**
 * Reads a root file system in a folder as if it were one layer. Symbolic links are listed and never followed; mounts of
 * kernel views, memory, networks and containers are left out, and so are engines' own folders, and homes on a host.
 */
export async function readFolder(root: string, visitor: LayerVisitor, options: ReadFolderOptions): Promise<LayerPass> {
  const faults = createFaultList();
  const record = createLayerRecord(visitor, { limits: options.limits, layer: 0, faults });
  const unreadable = (path: string, error: unknown) => {
    const message = `${shownPath(path)} cannot be read: ${messageOf(error)}`;
    faults.add({ code: 'unreadable-file', message, path, layer: 0 });
  };
  const { isHost = root === '/' } = options;
  const walk: Walk = { root, visitor, record, options, isHost, bytes: 0, unreadable };
  await walkFolders(walk);
  return { ...record.pass(), size: walk.bytes, verified: true, faults: faults.all() };
}

async function walkFolders(walk: Walk): Promise<void> {
  const waiting = [{ path: '', device: lstatSync(walk.root).dev }];
  for (let folder = waiting.pop(); folder !== undefined && !walk.record.isFull(); folder = waiting.pop()) {
    for (const entry of entriesOf(walk, folder.path)) {
      const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
      const below = await visitEntry(walk, { path, entry, device: folder.device });
      if (below !== undefined) waiting.push({ path, device: below });
    }
    walk.options.onProgress?.(walk.bytes);
  }
}

function entriesOf(walk: Walk, path: string): readonly Dirent[] {
  try {
    return readdirSync(`${walk.root}/${path}`, { withFileTypes: true });
  } catch (error) {
    walk.unreadable(path, error);
    return [];
  }
}

interface Entry {
  readonly path: string;
  readonly entry: Dirent;
  /** Device of the folder it lies in. */
  readonly device: number;
}

/** Notes an entry and reads it where it is wanted; for a folder to go into, returns its device. */
async function visitEntry(walk: Walk, { path, entry, device }: Entry): Promise<number | undefined> {
  const real = `${walk.root}/${path}`;
  try {
    const found = lstatSync(real);
    const kind = kindOf(entry);
    if (kind === 'directory') {
      if (isLeftOut(walk, path) || (found.dev !== device && isSkipped(real))) return undefined;
      walk.record.enter(memberOf({ path, kind, size: 0, mode: found.mode }));
      return found.dev;
    }
    const target = kind === 'symlink' ? readlinkSync(real) : '';
    const member = { ...memberOf({ path, kind, size: found.size, mode: found.mode }), target };
    if (kind === 'file') walk.bytes += found.size;
    if (!walk.record.enter(member)) {
      if (kind === 'file') showOpened(walk, member, real);
      return undefined;
    }
    const content = readWhole(real, walk.options.limits.fileBytes);
    await walk.visitor.visit({ path, size: content.length, mode: member.mode, content });
    showOpened(walk, member, real);
  } catch (error) {
    walk.unreadable(path, error);
  }
  return undefined;
}

/** Shows a file that may be executed or is asked for, unless it changed its kind meanwhile. */
function showOpened({ visitor }: Walk, { path, size, mode }: Member, real: string): void {
  if (visitor.opened === undefined || size === 0) return;
  if ((mode & 0o111) === 0 && visitor.opens?.(path) !== true) return;
  const descriptor = openSync(real, unfollowed);
  try {
    visitor.opened({ path, size, mode }, spansOf(descriptor, size));
  } finally {
    closeSync(descriptor);
  }
}

function spansOf(descriptor: number, size: number): Spans {
  const upTo = (offset: number, length: number): Buffer => {
    const most = Math.min(length, size - offset);
    if (!(offset >= 0 && most > 0)) return Buffer.alloc(0);
    const bytes = Buffer.allocUnsafe(most);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, most, offset));
  };
  return {
    upTo,
    read(offset, length) {
      const found = length <= size - offset ? upTo(offset, length) : undefined;
      return found?.length === length ? found : undefined;
    },
  };
}

function memberOf({ path, kind, size, mode }: Pick<Member, 'path' | 'kind' | 'size' | 'mode'>): Member {
  return { path, kind, size, mode: mode & 0o7777, packedSize: size, target: '' };
}

function kindOf(entry: Dirent): MemberKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

function isLeftOut({ root, isHost }: Walk, path: string): boolean {
  if (engineFolders.has(path)) return true;
  return isHost && (homes.has(path) || isEngineFolder(`${root}/${path}`));
}

/** Only root could make others miss what it keeps there. */
function isEngineFolder(real: string): boolean {
  return (
    engineContents.some((names) => names.every((name) => isOwnFolder(`${real}/${name}`))) && lstatSync(real).uid === 0
  );
}

function isOwnFolder(real: string): boolean {
  return lstatSync(real, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isSkipped(path: string): boolean {
  return skippedFileSystems.has(Number(BigInt.asUintN(32, BigInt(statfsSync(path).type))));
}

const unfollowed = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Reads a file that may change meanwhile; it is not followed should it have become a link, nor waited for as a pipe. */
function readWhole(path: string, limit: number): Buffer {
  const descriptor = openSync(path, unfollowed);
  try {
    const size = Math.min(fstatSync(descriptor).size, limit);
    const content = Buffer.allocUnsafeSlow(size);
    let length = 0;
    while (length < size) {
      const read = readSync(descriptor, content, length, size - length, length);
      if (read === 0) break;
      length += read;
    }
    return content.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
