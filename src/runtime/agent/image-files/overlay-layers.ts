import { join } from 'node:path';

/**
 * Folders of the layers of the overlay that is mounted at `root`, lowest first, as its mount options name
 * them; above those of the image stands what the engine added. `undefined` where no overlay is mounted there. `mountInfo` is
 * text of proc_pid_mountinfo(5).
 */
export function overlayLayers(mountInfo: string, root: string): readonly string[] | undefined {
  const options = overlayOptions(mountInfo, root);
  if (options === undefined) return undefined;
  const upper = valuesOf(options, 'upperdir')[0] ?? '';
  const layers = [...valuesOf(options, 'lowerdir').flatMap(splitFolders), ...valuesOf(options, 'lowerdir+')];
  return layers.toReversed().map((folder) => absolute(folder, upper));
}

function overlayOptions(mountInfo: string, root: string): readonly string[] | undefined {
  for (const line of mountInfo.split('\n').toReversed()) {
    const [place, kind] = line.split(' - ');
    if (unescaped(place?.split(' ')[4] ?? '') !== root) continue;
    const [type, , options = ''] = kind?.split(' ') ?? [];
    return type === 'overlay' ? options.split(/(?<!\\),/).map(unescaped) : undefined;
  }
  return undefined;
}

function valuesOf(options: readonly string[], name: string): readonly string[] {
  return options.flatMap((option) => (option.startsWith(`${name}=`) ? [option.slice(name.length + 1)] : []));
}

/** Colons part folders; one within a name is written `\:`. */
function splitFolders(list: string): readonly string[] {
  return list.split(/(?<!\\):/).map((folder) => folder.replaceAll('\\:', ':'));
}

/** Engines shorten long lists by mounting from the folder that all share: `l/NAME` of overlay2, `NUMBER/fs` of containerd. */
function absolute(folder: string, upper: string): string {
  if (folder.startsWith('/')) return folder;
  return join(upper, '../..', folder);
}

/** Blanks, tabs, line ends, backslashes and number signs are written in octal. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
