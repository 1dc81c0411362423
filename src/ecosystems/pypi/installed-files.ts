/** No path is as long. */
const longestLine = 20_000;

/**
 * Files of an installed package, as paths without leading slash. `RECORD` is CSV and lists them below the folder that holds
 * the `.dist-info` (https://packaging.python.org/specifications/recording-installed-packages); the older
 * `installed-files.txt` lists them below the `.egg-info` folder itself.
 */
export function listedFiles(
  text: string,
  list: { readonly path: string; readonly isRecord: boolean },
): readonly string[] {
  const folders = list.path.split('/').slice(0, list.isRecord ? -2 : -1);
  return text.split('\n').flatMap((line) => {
    if (line.length > longestLine) return [];
    const listed = list.isRecord ? firstField(line.trim()) : line.trim();
    // Python makes compiled files anew whenever it likes.
    if (listed === '' || listed.endsWith('.pyc')) return [];
    const path = pathBelow(folders, listed);
    return path === undefined ? [] : [path];
  });
}

function firstField(line: string): string {
  if (!line.startsWith('"')) return line.split(',', 1)[0] ?? '';
  const end = /^"(?:[^"]|"")*"/.exec(line)?.[0] ?? '""';
  return end.slice(1, -1).replaceAll('""', '"');
}

/** `undefined`: it lies above everything. */
function pathBelow(folders: readonly string[], listed: string): string | undefined {
  const parts = listed.startsWith('/') ? [] : [...folders];
  for (const part of listed.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}
