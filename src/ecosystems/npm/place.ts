/**
 * Where a folder stands for an npm package.
 * - `installed`: reached from the top through package folders only (`node_modules/a/node_modules/@b/c`).
 * - `inside`: has a `node_modules` parent, but lies among a package's own files, as fixtures of tests do.
 */
export interface Place {
  readonly kind: 'installed' | 'inside';
  /** Name that the folder gives: `a`, `@b/c`. */
  readonly name: string;
}

/** Folders where Debian and its kin install packages for all users. */
const systemFolders = ['usr/share/nodejs/', 'usr/lib/nodejs/', 'usr/share/node_modules/'];

/** The place of a package folder (no trailing slash), or nothing where Node would look for no package. */
export function placeOf(folder: string): Place | undefined {
  const system = systemFolders.find((prefix) => folder.startsWith(prefix));
  const modules = folder.lastIndexOf('node_modules/');
  const atStart = modules === 0 || folder[modules - 1] === '/';
  if (modules >= 0 && atStart) {
    const name = packageName(folder.slice(modules + 'node_modules/'.length));
    return name === undefined
      ? undefined
      : { kind: isReached(folder.slice(0, modules)) ? 'installed' : 'inside', name };
  }
  const name = system && packageName(folder.slice(system.length));
  return name === undefined || name === '' ? undefined : { kind: 'installed', name };
}

/** Caches of package managers, sources of their own, and everything that is hidden. */
const hidden = /(?:^|\/)(?:\.|node_modules\/|_cacache\/)/;

/**
 * Whether a folder may be that of an application: one that Node does not look into for packages, and where none are kept.
 * Then its `package.json` names what its author called it.
 */
export function isApplication(folder: string): boolean {
  return !hidden.test(`${folder}/`) && !systemFolders.some((prefix) => `${folder}/`.startsWith(prefix));
}

/** Folders in which Node looks for what the package of a folder requires, nearest first, each with a slash at its end. */
export function lookedIn(folder: string): readonly string[] {
  const parts = folder === '' ? [] : folder.split('/');
  const places: string[] = [];
  for (let count = parts.length; count >= 0; count--) {
    if (parts[count - 1] === 'node_modules') continue;
    places.push([...parts.slice(0, count), 'node_modules', ''].join('/'));
  }
  return places;
}

function packageName(rest: string): string | undefined {
  return /^(?:@[^/]+\/)?[^/@.][^/]*$/.test(rest) ? rest : undefined;
}

/** Whether what lies above (`…/node_modules/a/`) is again a package's own folder, up to the first `node_modules`. */
function isReached(above: string): boolean {
  const first = /(?:^|\/)node_modules\//.exec(above);
  if (first === null) return true;
  const parts = above.slice(first.index + first[0].length).split('node_modules/');
  return parts.every(
    (part) => part === '' || packageName(part.slice(0, -1)) !== undefined || /^\.pnpm\/[^/]+\/$/.test(part),
  );
}
