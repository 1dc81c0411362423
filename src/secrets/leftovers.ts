/** What was left in an image by work that is not the application's: history of sources, state, passwords, crashes. */
export type LeftoverKind = 'git' | 'svn' | 'environment-file' | 'terraform-state' | 'password-store' | 'core-dump';

/** A file or folder that was left behind. */
export interface Leftover {
  readonly kind: LeftoverKind;
  /** Without a leading slash; of `.git` and `.svn`, the folder. */
  readonly path: string;
}

/** Bytes of a file's beginning that tell a core dump. */
export const leftoverHead = 18;

const byName: readonly { readonly kind: LeftoverKind; readonly name: RegExp }[] = [
  {
    kind: 'environment-file',
    name: /^\.env(?:\.(?!example$|sample$|template$|dist$|defaults?$|schema$)[a-z0-9._-]{1,40})?$/i,
  },
  { kind: 'terraform-state', name: /\.tfstate(?:\.backup)?$/ },
  { kind: 'password-store', name: /\.kdbx?$/ },
];

/** What kind of leftover a file is; `head`: its first bytes, without which no core dump is told. */
export function leftoverOf(path: string, head?: Uint8Array): Leftover | undefined {
  const folder = mayLieInFolder(path) ? /^(.*?(?:^|\/)\.(git|svn))\//.exec(path) : null;
  if (folder !== null) return { kind: folder[2] === 'git' ? 'git' : 'svn', path: folder[1] ?? path };
  const name = path.slice(path.lastIndexOf('/') + 1);
  const kind = name.includes('.') ? byName.find((one) => one.name.test(name))?.kind : undefined;
  if (kind !== undefined) return { kind, path };
  return head !== undefined && needsHead(path) && isCore(head) ? { kind: 'core-dump', path } : undefined;
}

/** Asked of every file: what it does not hold for costs no expression. */
function mayLieInFolder(path: string): boolean {
  return path.includes('.git/') || path.includes('.svn/');
}

/** Whether a file is called like a core dump, so that its first bytes tell whether it is one. */
export function needsHead(path: string): boolean {
  return path.includes('core') && /(?:^|\/)core(?:\.\d+)?$|\.core$/.test(path);
}

/** An ELF file of type ET_CORE, in either byte order. */
function isCore(head: Uint8Array): boolean {
  const isElf = head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
  return isElf && (head[5] === 2 ? head[17] : head[16]) === 4;
}
