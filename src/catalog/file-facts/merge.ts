import { pathsAmong } from '#image/index.ts';
import type { PathResolver } from '../canonical-path.ts';
import type { FileFacts } from '../contract.ts';
import type { LayerResult } from '../layer-result.ts';
import { limits } from '../limits.ts';
import { hideBelow } from '../merged-tree.ts';
import { type AccountFile, type FileFactKind, fileFactKinds, type NotedFile } from './layer-file-facts.ts';

/** A file of which something is told, and the layer that holds it. */
interface Placed extends NotedFile {
  readonly layer: number;
}

interface Tree {
  readonly files: Map<string, Placed>;
  readonly accounts: Map<string, string | null>;
}

/** Lays what the files of all layers say over each other, lowest first; `undefined`: no layer was looked at. Pure. */
export function mergeFileFacts(layers: readonly LayerResult[], resolver: PathResolver): FileFacts | undefined {
  if (layers.every(({ fileFacts }) => fileFacts === undefined)) return undefined;
  const tree: Tree = { files: new Map(), accounts: new Map() };
  for (const [index, layer] of layers.entries()) layOver(tree, layer, index);
  const placed = canonicalFiles(tree.files, resolver);
  const cut = new Set(layers.flatMap(({ fileFacts }, layer) => undecided(fileFacts?.cut ?? [], placed, layer)));
  const listed = withinLimits(placed);
  for (const kind of countingAll) if (listed[kind].length < placed.filter(is[kind]).length) cut.add(kind);
  return {
    format: 1,
    isComplete: layers.every(isRead),
    accounts: {
      passwd: accountText(tree.accounts, 'etc/passwd', resolver),
      group: accountText(tree.accounts, 'etc/group', resolver),
      shadow: accountText(tree.accounts, 'etc/shadow', resolver),
    },
    worldWritable: listed.worldWritable.flatMap(({ path, writable }) => (writable ? [{ path, ...writable }] : [])),
    fileCapabilities: listed.fileCapabilities.map(({ path, capabilities = [] }) => ({
      path,
      capabilities: [...capabilities],
    })),
    leftovers: leftoversOf(listed.leftovers),
    packageCaches: listed.packageCaches.map(({ path, layer }) => ({ path, layer })),
    cut: [...cut].toSorted(),
  };
}

function isRead({ verified, faults, fileFacts }: LayerResult): boolean {
  return verified && faults.length === 0 && fileFacts?.areLinksCut === false;
}

function layOver(tree: Tree, layer: LayerResult, index: number): void {
  const { noted = [], links = {}, accounts = {} } = layer.fileFacts ?? {};
  const linked = linkedBelow(tree, layer, links);
  if (index > 0) hideBelow(layer, [tree.files, tree.accounts]);
  for (const path of layer.directories) {
    tree.files.delete(path);
    tree.accounts.delete(path);
  }
  for (const one of noted) tree.files.set(one.path, { ...one, layer: index });
  for (const one of linked) tree.files.set(one.path, { ...tree.files.get(one.path), ...one, layer: index });
  for (const [path, text] of Object.entries(accounts)) tree.accounts.set(path, text);
}

/** A hard link to a file of a layer below has that file's mode and capabilities, unless this layer has another one there. */
function linkedBelow(
  { files }: Tree,
  layer: LayerResult,
  links: Readonly<Record<string, string>>,
): readonly NotedFile[] {
  const all = Object.entries(links);
  if (all.length === 0 || files.size === 0) return [];
  const own = pathsAmong(layer.others, new Set(Object.values(links)));
  return all.flatMap(([path, target]) => {
    const { writable, capabilities } = (own.has(target) ? undefined : files.get(target)) ?? {};
    return writable || capabilities
      ? [{ path, ...(writable && { writable }), ...(capabilities && { capabilities }) }]
      : [];
  });
}

/** Of two names that links of folders make one, the higher layer's counts; the highest layer comes first. */
function canonicalFiles(files: ReadonlyMap<string, Placed>, resolver: PathResolver): readonly Placed[] {
  const found = new Map<string, Placed>();
  for (const file of files.values()) {
    const path = resolver.canonical(file.path);
    if (path === undefined || path === '') continue;
    if ((found.get(path)?.layer ?? -1) <= file.layer) found.set(path, { ...file, path });
  }
  return [...found.values()].sort((left, right) => right.layer - left.layer || (left.path < right.path ? -1 : 1));
}

const is: Readonly<Record<FileFactKind, (file: NotedFile) => boolean>> = {
  worldWritable: ({ writable }) => writable !== undefined,
  fileCapabilities: ({ capabilities }) => capabilities !== undefined,
  leftovers: ({ leftover }) => leftover !== undefined,
  packageCaches: ({ isPackageCache }) => isPackageCache === true,
};

/** Of these one file may be fine and the next not, so that all must be listed; of the others, one of a layer tells enough. */
const countingAll: readonly FileFactKind[] = ['fileCapabilities', 'leftovers'];

/** Kinds of which a layer left out what may matter: where one of its files is left, that one is as bad as the others. */
function undecided(cut: readonly FileFactKind[], files: readonly Placed[], layer: number): readonly FileFactKind[] {
  return cut.filter(
    (kind) => countingAll.includes(kind) || !files.some((file) => file.layer === layer && is[kind](file)),
  );
}

function withinLimits(files: readonly Placed[]): Readonly<Record<FileFactKind, readonly Placed[]>> {
  const room = { characters: limits.filePathBytes.value / fileFactKinds.length };
  const of = (kind: FileFactKind): readonly Placed[] => {
    const all = files.filter(is[kind]).slice(0, limits.files.value);
    let characters = 0;
    const end = all.findIndex(({ path }) => (characters += path.length) > room.characters);
    return end === -1 ? all : all.slice(0, end);
  };
  return {
    worldWritable: of('worldWritable'),
    fileCapabilities: of('fileCapabilities'),
    leftovers: of('leftovers'),
    packageCaches: of('packageCaches'),
  };
}

/** A folder that was left behind stands there once, by its name after links. */
function leftoversOf(files: readonly Placed[]): FileFacts['leftovers'] {
  const found = new Map<string, FileFacts['leftovers'][number]>();
  for (const { path, leftover } of files) {
    if (leftover === undefined) continue;
    const shown = leftover.path.endsWith(`.${leftover.kind}`) ? folderNamed(path, `.${leftover.kind}`) : path;
    found.set(shown, { path: shown, kind: leftover.kind });
  }
  return [...found.values()];
}

function folderNamed(path: string, name: string): string {
  const parts = path.split('/');
  return parts.slice(0, parts.indexOf(name) + 1).join('/');
}

/** Empty where the image has no such file; `null` where it was not read, such as one that lies elsewhere by a link. */
function accountText(
  accounts: ReadonlyMap<string, string | null>,
  file: AccountFile,
  resolver: PathResolver,
): string | null {
  const real = resolver.real(file);
  const text = real === undefined ? undefined : accounts.get(real);
  if (text !== undefined) return text;
  return real === file ? '' : null;
}
