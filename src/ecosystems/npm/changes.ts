import { byFile, changeByCommand, type Changes, withoutCommand } from '../changes.ts';
import { quoted } from '../face.ts';

interface Manager {
  readonly add: string;
  /** Before a name, where it is not the registry's by itself. */
  readonly prefix?: string;
  readonly why?: string;
}

const npmItself: Manager = { add: 'npm install', why: 'npm ls' };
/** By their lock files and the folders that they keep packages in. Yarn 1 and later ones take the same words. */
const managers = [
  [/(?:^|\/)pnpm-lock\.yaml$|(?:^|\/)node_modules\/\.pnpm\//, { add: 'pnpm add', why: 'pnpm why' }],
  [/(?:^|\/)(?:yarn\.lock|\.pnp\.(?:cjs|data\.json|js))$/, { add: 'yarn add', why: 'yarn why' }],
  [/(?:^|\/)bun\.lockb?$|(?:^|\/)node_modules\/\.bun\//, { add: 'bun add', why: 'bun why' }],
  [/(?:^|\/)deno\.lock$|(?:^|\/)node_modules\/\.deno\//, { add: 'deno add', prefix: 'npm:', why: 'deno why' }],
] as const satisfies readonly (readonly [RegExp, Manager])[];

/** Names of the registry. npm reads others as folders, repositories and addresses, and runs what lies there. */
const ofRegistry = /^(?:@[\w~-][\w.~-]*\/)?[a-z\d_~][\w.~-]*$/i;

function managerOf(paths: readonly string[]): Manager {
  return byFile<Manager>(paths, managers) ?? npmItself;
}

/** Where npm installs programs for all users, such as itself in images of Node. */
const forAll =
  /^(?:usr\/(?:local\/)?|opt\/node[^/]*\/|(?:[^/]+\/)*versions\/node\/[^/]+\/)lib\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)$/;

function isForAll(paths: readonly string[]): boolean {
  return paths.length > 0 && paths.every((path) => forAll.test(path));
}

export const npm: Changes = {
  id: 'npm',
  change(wanted) {
    const { name, installed, to, paths } = wanted;
    if (!ofRegistry.test(name)) return withoutCommand('no command: the registry has no such name', wanted);
    const { add, prefix = '' }: Manager = isForAll(paths) ? { add: 'npm install -g' } : managerOf(paths);
    return changeByCommand(
      { before: `"${name}": "${installed}"`, after: `"${name}": "${to}"` },
      `${add} ${quoted(`${prefix}${name}@${to}`)}`,
    );
  },
  broughtBy(paths) {
    if (!isForAll(paths)) return undefined;
    const [first, ...others] = new Set(paths.map((path) => forAll.exec(path)));
    const isInside = (found: RegExpExecArray | null | undefined): boolean =>
      found?.[2]?.includes('node_modules/') === true;
    const isOne = others.every((found) => found?.[1] === first?.[1] && isInside(found));
    return isOne && isInside(first) ? first?.[1] : undefined;
  },
  whoRequires(name, paths) {
    const { why } = managerOf(paths);
    return why === undefined ? undefined : `${why} ${quoted(name)}`;
  },
};
