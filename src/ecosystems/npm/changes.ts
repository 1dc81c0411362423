import { byFile, changeByCommand, type Changes, withoutCommand } from '../changes.ts';
import { quoted } from '../face.ts';

interface Manager {
  readonly add: string;
  /** Before a name, where it is not the registry's by itself. */
  readonly prefix?: string;
  readonly why?: string;
  /** What brings the newest version of a package that others may have: adding a direct one leaves it as it is locked. */
  update?(name: string, direct: string): string;
  /** After each command, where it keeps what nothing requires any more and a scan would find it. */
  readonly cleaning?: string;
}

const npmItself: Manager = { add: 'npm install', why: 'npm ls', update: (name) => `npm update ${name}` };
const pnpm: Manager = { add: 'pnpm add', why: 'pnpm why', update: (name) => `pnpm update ${name}` };
const yarn: Manager = { add: 'yarn add', why: 'yarn why' };
/** By their lock files and the folders that they keep packages in. */
const managers = [
  // It keeps packages for seven days more.
  [/(?:^|\/)node_modules\/\.pnpm\//, { ...pnpm, cleaning: ' --config.modules-cache-max-age=0' }],
  [/(?:^|\/)pnpm-lock\.yaml$/, pnpm],
  [/(?:^|\/)\.pnp\.(?:cjs|data\.json|js)$/, { ...yarn, update: (name) => `yarn up -R ${name}` }],
  // Yarn 1 does not know the first command, later ones do not know the second.
  [/(?:^|\/)yarn\.lock$/, { ...yarn, update: (name, direct) => `(yarn up -R ${name} || yarn upgrade ${direct})` }],
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

/** Programs for all users bring what they require in a folder of their own: only another version of them changes that. */
function toolFor(paths: readonly string[]): Manager {
  return isForAll(paths) ? { add: 'npm install -g' } : managerOf(paths);
}

function addIn({ add, prefix = '', cleaning = '' }: Manager, what: string): string {
  return `${add} ${quoted(`${prefix}${what}`)}${cleaning}`;
}

const noSuchName = 'no command: the registry has no such name';

export const npm: Changes = {
  id: 'npm',
  change(wanted) {
    const { name, installed, to, paths } = wanted;
    if (!ofRegistry.test(name)) return withoutCommand(noSuchName, wanted);
    return changeByCommand(
      { before: `"${name}": "${installed}"`, after: `"${name}": "${to}"` },
      addIn(toolFor(paths), `${name}@${to}`),
    );
  },
  changeThrough(wanted, direct) {
    const { name, installed, to, paths } = wanted;
    const strange = [
      { name: direct, to: 'latest' },
      { name, to },
    ].find((one) => !ofRegistry.test(one.name));
    const lines = { before: `${name} ${installed}`, after: `${name} ${to} or later` };
    if (strange !== undefined) return { ...withoutCommand(noSuchName, { ...wanted, ...strange }), ...lines };
    const tool = toolFor(paths);
    const update = tool.update?.(quoted(name), quoted(direct));
    const commands = [
      addIn(tool, `${direct}@latest`),
      ...(update === undefined ? [] : [update + (tool.cleaning ?? '')]),
    ];
    return changeByCommand(lines, commands.join(' && '));
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
