import { oneLine } from '#base/index.ts';
/** Linux's PATH_MAX; no engine can unpack a longer one. */
export const longestPath = 4096;

export type NormalPath =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'root' }
  | { readonly kind: 'unsafe' };

/**
 * Path of an entry without leading `./` or `/`, doubled slashes or trailing slash. A leading slash is the root of the
 * image, as engines unpack it and Kaniko writes it; paths that climb with `..` are unsafe: engines differ over them.
 */
export function normalPath(written: string): NormalPath {
  if (isPlain(written)) return { kind: 'path', path: written };
  if (written.length > longestPath || written.includes('\0')) return { kind: 'unsafe' };
  const parts = written.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return { kind: 'unsafe' };
  return parts.length === 0 ? { kind: 'root' } : { kind: 'path', path: parts.join('/') };
}

/** Most paths are normal already; this sees it without taking them apart. */
function isPlain(path: string): boolean {
  return path.length <= longestPath && !/^\/|^$|\0|\/$|(?:^|\/)\.{0,2}(?:\/|$)/.test(path);
}

/** Folder part without slash at the end; empty for a path without folder. */
export function folderOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut === -1 ? '' : path.slice(0, cut);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Printable form for messages, bounded. */
export function shownPath(path: string): string {
  return oneLine(path, 500, '\uFFFD');
}
