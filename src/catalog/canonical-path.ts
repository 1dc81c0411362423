/** Linux follows at most this many links in one path (path_resolution(7)). */
const mostLinks = 40;
/** Names in the way to a file, those of links included. No software has as many, and each costs as much as the way to it is long. */
const mostNames = 256;

/** Paths as an image's own symbolic links make them. */
export interface PathResolver {
  /** The path with the links in its folder followed, its last part kept; `undefined` in a loop of links, or too far away. */
  canonical(path: string): string | undefined;
  /** The path with all links followed, the last one too; `undefined` in a loop. */
  real(path: string): string | undefined;
}

/** `symlinks`: path → target as written, of the merged image. */
export function createPathResolver(symlinks: ReadonlyMap<string, string>): PathResolver {
  const folders = new Map<string, string | undefined>([['', '']]);
  function realFolder(folder: string): string | undefined {
    if (folders.has(folder)) return folders.get(folder);
    const found = follow(folder, symlinks);
    folders.set(folder, found);
    return found;
  }
  return {
    canonical(path) {
      const cut = path.lastIndexOf('/');
      if (cut === -1) return path;
      const folder = realFolder(path.slice(0, cut));
      if (folder === undefined) return undefined;
      return folder === '' ? path.slice(cut + 1) : folder + path.slice(cut);
    },
    real: (path) => follow(path, symlinks),
  };
}

/** Walks a path as the kernel does; what climbs above the root stays there. */
function follow(path: string, symlinks: ReadonlyMap<string, string>): string | undefined {
  const waiting = path.split('/').reverse();
  const reached: string[] = [];
  let links = 0;
  let names = 0;
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part === '' || part === '.') continue;
    names += 1;
    if (names > mostNames) return undefined;
    if (part === '..') {
      reached.pop();
      continue;
    }
    reached.push(part);
    const target = symlinks.get(reached.join('/'));
    if (target === undefined) continue;
    links += 1;
    if (links > mostLinks) return undefined;
    if (target.startsWith('/')) reached.length = 0;
    else reached.pop();
    waiting.push(...target.split('/').reverse());
  }
  return reached.join('/');
}
