/** Whether a path is a folder or lies in it, by whole segments: `/run` holds `/run/docker.sock`, `/ru` does not. */
export function holdsPath(folder: string, path: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** Without `.`, `..`, doubled and closing slashes, as the kernel would take an absolute path that has no links. */
export function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
