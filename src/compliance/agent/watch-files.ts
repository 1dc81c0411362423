import { type FSWatcher, watch, type WatchListener } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Log, messageOf } from '#base/index.ts';

export interface FileWatchOptions {
  /** Told the path of a file or folder that was made, changed, moved or removed, or got another owner or mode. */
  readonly changed: (path: string) => void;
  readonly log: Log;
  /** Folders that are watched at most. */
  readonly most?: number;
  /** Milliseconds after which a change is taken for possible again of what the kernel does not watch. */
  readonly pause?: number;
  /** Missing: the kernel. */
  readonly watchFolder?: (folder: string, told: WatchListener<string>) => FSWatcher;
}

/** Watches what was looked at. */
export interface FileWatch {
  /** From now on, changes of this path are told; of what is not there, that it comes. */
  lookedAt(path: string): void;
  close(): void;
}

interface WatchedFolder {
  readonly watcher: FSWatcher;
  /** Names in it that were looked at. */
  readonly names: Set<string>;
}

/** A host has some 40 folders that matter. */
const usualMost = 512;
const mostNames = 4096;
const usualPause = 60_000;
/** The kernel watches no more for this user, or the process has no more handles. */
const usedUp: ReadonlySet<string> = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);
const watchByKernel = (folder: string, told: WatchListener<string>): FSWatcher =>
  watch(folder, { persistent: false }, told);
/** What the kernel makes up tells of no changes; logs change all the time. */
const unwatched = ['/proc', '/sys', '/dev', '/var/log'];

/** Watches the folders of files: so one that is not there yet is seen, and a thousand files of a folder cost one watch. */
export function watchFiles(options: FileWatchOptions): FileWatch {
  const { changed, log, most = usualMost, pause = usualPause, watchFolder = watchByKernel } = options;
  const folders = new Map<string, WatchedFolder>();
  // Any process of the same user may use up what the kernel watches for it; what nobody tells of is looked at more often.
  const refused = new Set<string>();
  const polling = setInterval(() => {
    for (const folder of refused) changed(folder);
  }, pause).unref();
  let hasSaid = false;
  const sayOnce = (error: string): void => {
    if (!hasSaid) log.warn({ error }, 'Some files of checks are not watched; their changes are seen later.');
    hasSaid = true;
  };
  const forgetBelow = (path: string): void => {
    for (const [folder, { watcher }] of folders) {
      if (folder !== path && !folder.startsWith(`${path}/`)) continue;
      watcher.close();
      folders.delete(folder);
    }
  };
  const open = (folder: string): WatchedFolder | undefined => {
    if (folders.size >= most) return void sayOnce(`more than ${most} folders`);
    const names = new Set<string>();
    try {
      const watcher = watchFolder(folder, (event, name) => {
        if (name !== null && !names.has(name)) return;
        const path = join(folder, name ?? '');
        // Another folder may stand there now, which is watched once it is looked at.
        if (event === 'rename') forgetBelow(path);
        changed(path);
      });
      watcher.on('error', (error) => {
        sayOnce(messageOf(error));
        forgetBelow(folder);
      });
      return { watcher, names };
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (usedUp.has(code)) refused.add(folder);
      if (code !== 'ENOENT') sayOnce(messageOf(error));
      return undefined;
    }
  };
  return {
    lookedAt(path) {
      if (path === '/' || unwatched.some((folder) => path === folder || path.startsWith(`${folder}/`))) return;
      const folder = dirname(path);
      const watched = folders.get(folder) ?? open(folder);
      if (watched === undefined) return;
      refused.delete(folder);
      folders.set(folder, watched);
      if (watched.names.size < mostNames) watched.names.add(basename(path));
      else sayOnce(`more than ${mostNames} files in ${folder}`);
    },
    close() {
      clearInterval(polling);
      forgetBelow('');
    },
  };
}
