import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isInContainer } from '../../../console/in-container.ts';
import { type Answer, fine, probe, stops, weakens } from '../probe.ts';

interface FolderFact {
  readonly path: string;
  readonly found: 'folder' | 'other' | 'nothing';
  /** The folder itself, or the nearest above it that is there. */
  readonly nearest: string;
  readonly canWrite: boolean;
  readonly me: number;
  readonly owner: number;
  readonly mode: number;
  /** The root of a volume of our image, which any user may use. */
  readonly isVolume: boolean;
  readonly freeBytes: number;
  readonly freeFiles: number;
}

/** A vulnerability database takes 30 MB, a PostgreSQL 100; a scan unpacks nothing. */
const leastBytes = 200 * 1024 ** 2;
const goodBytes = 1024 ** 3;

export const stateFolderProbe = probe({
  id: 'state-folder',
  title: 'State folder',
  parts: ['cli'],
  look: ({ stateFolder, uid, env }) => lookAt(stateFolder, uid, isInContainer(env)),
  judge: judgeFolder,
});

function lookAt(path: string, me: number, isContained: boolean): FolderFact {
  let nearest = path;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  const { uid: owner, mode } = statSync(nearest);
  const { bavail, bsize, ffree, files } = statfsSync(nearest);
  const isFolder = statSync(nearest).isDirectory();
  return {
    path,
    nearest,
    found: !isFolder ? 'other' : nearest === path ? 'folder' : 'nothing',
    canWrite: canWrite(nearest),
    me,
    owner,
    mode,
    // Sticky, as /tmp: nobody removes what another made.
    isVolume: isContained && (mode & 0o1777) === 0o1777,
    freeBytes: bavail * bsize,
    // File systems without a table of files say 0 of 0.
    freeFiles: files === 0 ? Infinity : ffree,
  };
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function judgeFolder(fact: FolderFact): Answer {
  const { path, found, nearest, canWrite: writes, me, owner, mode, isVolume, freeBytes, freeFiles } = fact;
  const other = 'or name another folder with SEAWALL_STATE.';
  if (found === 'other') return stops(`${nearest} is no folder.`, `Move it away, ${other}`);
  if (!writes)
    return stops(
      `${nearest} cannot be written by uid ${me}; it belongs to uid ${owner}.`,
      `Run Seawall as its owner, run \`chown -R ${me} ${nearest}\` as root, ${other}`,
    );
  if (freeBytes < leastBytes || freeFiles === 0)
    return stops(`The disk of ${nearest} is full: ${roomOf(fact)}.`, `Free some space, ${other}`);
  const isOwn = found === 'folder' && !isVolume;
  if (isOwn && owner !== me)
    return weakens(
      `${path} belongs to uid ${owner}, and this is uid ${me}: what is made here may be closed to its owner.`,
      `Run Seawall as its owner, ${other}`,
    );
  if (isOwn && (mode & 0o022) !== 0) return weakens(`Others may write to ${path}.`, `Run \`chmod go-w ${path}\`.`);
  if (freeBytes < goodBytes)
    return weakens(`The disk of ${nearest} is nearly full: ${roomOf(fact)}.`, `Free some space, ${other}`);
  return fine(found === 'nothing' ? `${path} is made when it is needed` : path);
}

function roomOf({ freeBytes, freeFiles }: FolderFact): string {
  return freeFiles === 0 ? 'no file can be made' : `${Math.floor(freeBytes / 1024 ** 2)} MB are free`;
}
