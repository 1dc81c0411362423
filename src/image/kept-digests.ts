import { type BigIntStats, fdatasyncSync, fstatSync, readFileSync, statfsSync } from 'node:fs';
import { isPrivate, readRecord, type RecordFolder, writeRecord } from './private-record.ts';

/** Where one user keeps digests of files that were hashed, and what is needed to believe them. */
export interface DigestKeeping {
  /** The user's cache. */
  readonly cacheFolder: string;
  readonly uid: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when a digest of an earlier reading is used. */
  readonly onRecall?: () => void;
  /** Types of file systems (`statfs`) whose times are evidence; missing: those known to be. */
  readonly fileSystems?: ReadonlySet<number>;
}

/** Digests of parts of one open file. */
export interface KeptDigests {
  /** The digest that an earlier reading computed, where nothing in the file can have changed since. */
  recall(part: string): string | undefined;
  /** Keeps what was computed of the open file, unless the file changed meanwhile. */
  keep(part: string, digest: string): void;
  /** Path of the open file itself, for this process, whatever its name leads to by now. */
  readonly file: string;
}

/**
 * ext2 to ext4, XFS, Btrfs, F2FS. Network file systems, FUSE and overlays tell times and inodes of others; a tmpfs shows no
 * new time for what is written through a mapping.
 */
const trusted: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010]);

/**
 * How much older than its reading a file's last change must be. Two seconds exclude a write in the same tick of any clock.
 * After a minute the kernel has written out what was dirty (30 s), so `fdatasync` takes no time.
 */
const settled = 60_000;
const mostFiles = 500;
const mostParts = 1000;
const mostBytes = 1024 * 1024;

interface Kept {
  /** Run of the kernel. Within one, device numbers stay, and no crash brings back times that are older than their data. */
  readonly boot: string;
  readonly identity: string;
  /** When its newest reading began. */
  readonly began: number;
  readonly parts: Readonly<Record<string, string>>;
}

/**
 * What is kept of an open file; `undefined` where nothing may be believed and nothing is kept.
 *
 * The evidence is ctime: each write, rename, link and change of times sets it to the clock of the kernel, and no program
 * sets it to another time. A write through a mapping sets it only where the page was clean, so dirty pages are written out
 * before the first reading. Only this user and root may be able to write the file: others could hold a write open that set
 * ctime before.
 */
export function keptDigestsOf(descriptor: number, keeping: DigestKeeping): KeptDigests | undefined {
  try {
    return openKept(descriptor, keeping);
  } catch {
    // Without /proc, or with a cache that cannot be read: the file is hashed.
    return undefined;
  }
}

function openKept(descriptor: number, keeping: DigestKeeping): KeptDigests | undefined {
  const { cacheFolder, uid, now, onRecall, fileSystems = trusted } = keeping;
  const file = `/proc/self/fd/${descriptor}`;
  const began = now();
  const stats = statsOf(descriptor);
  const folder: RecordFolder = { cacheFolder, name: 'digests', uid, mostFiles, mostBytes };
  if (!isWrittenByUser(stats, uid) || !fileSystems.has(statfsSync(file).type >>> 0)) return undefined;
  if (!isPrivate(folder)) return undefined;
  const reading: Reading = { boot: bootId(), identity: identityOf(stats), began, changed: Number(stats.ctimeMs) };
  const name = `${stats.dev}-${stats.ino}`;
  const isSame = (): boolean => identityOf(statsOf(descriptor)) === reading.identity;
  const known = recallKept(readRecord(folder, name), reading);
  const isSettled = began - reading.changed >= settled;
  if (isSettled && known === undefined) fdatasyncSync(descriptor);
  return {
    file,
    recall(part) {
      const digest = known?.parts[part];
      if (digest === undefined || !isSame()) return undefined;
      onRecall?.();
      return digest;
    },
    keep(part, digest) {
      if (!isSettled || !isSame()) return;
      const { boot, identity } = reading;
      // Parts are hashed side by side: what another reading kept meanwhile may have begun after this one.
      const kept = recallKept(readRecord(folder, name), { ...reading, began: now() });
      const parts = { ...kept?.parts, [part]: digest };
      const newest = Math.max(began, kept?.began ?? began);
      const next: Kept = { boot, identity, began: newest, parts };
      if (Object.keys(parts).length <= mostParts) writeRecord(folder, name, Buffer.from(JSON.stringify(next)));
    },
  };
}

interface Reading extends Omit<Kept, 'parts'> {
  readonly changed: number;
}

function statsOf(descriptor: number): BigIntStats {
  return fstatSync(descriptor, { bigint: true });
}

function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

function isWrittenByUser(stats: BigIntStats, uid: number): boolean {
  return stats.isFile() && (stats.uid === BigInt(uid) || stats.uid === 0n) && (stats.mode & 0o022n) === 0n;
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** What is kept of this very file. Where the clock was set back, the last change or the reading before lies in the future. */
function recallKept(record: Buffer | undefined, reading: Reading): Kept | undefined {
  const kept = record === undefined ? undefined : parsed(record);
  if (kept === undefined || kept.boot !== reading.boot || kept.identity !== reading.identity) return undefined;
  return kept.began - reading.changed >= settled && kept.began <= reading.began ? kept : undefined;
}

function parsed(record: Buffer): Kept | undefined {
  try {
    return JSON.parse(record.toString('utf8')) as Kept;
  } catch {
    return undefined;
  }
}
