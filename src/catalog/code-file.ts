/**
 * What kind of code a file is: machine code, a script that names its interpreter, Java's, or source and byte code that an
 * interpreter reads. `other`: it may be executed, or is called like code, and its content is none of these.
 */
export type CodeKind = 'elf' | 'script' | 'java' | 'interpreted' | 'other';

/** Bytes of a file's beginning that `codeKindOf` looks at. */
export const codeHead = 4;

const java = ['jar', 'war', 'ear', 'class', 'jsp', 'jspx'];
const interpreted = ['py', 'pyc', 'js', 'mjs', 'cjs', 'php', 'pl', 'pm', 'rb', 'sh', 'lua', 'tcl'];
const native = ['so', 'node'];

const kindsByExtension: ReadonlyMap<string, CodeKind> = new Map([
  ...java.map((extension) => [extension, 'java'] as const),
  ...interpreted.map((extension) => [extension, 'interpreted'] as const),
  ...native.map((extension) => [extension, 'other'] as const),
]);

/** Of a shared library: `libc.so.6`, `libssl.so.1.1`. */
const versionedLibrary = /\.so\.[^/]+$/;

/**
 * Whether a regular file is an executable or code, and of which kind. `head` is its first bytes, as many as there are up
 * to `codeHead`; without it the answer rests on name and mode. `undefined`: it is neither.
 */
export function codeKindOf(path: string, mode: number, head?: Uint8Array): CodeKind | undefined {
  if (head !== undefined && isElf(head)) return 'elf';
  if (head !== undefined && head[0] === 0x23 && head[1] === 0x21) return 'script';
  return kindOfName(path) ?? ((mode & 0o111) === 0 ? undefined : 'other');
}

/** Whether a file counts as code by its name alone, whatever its mode and content. */
export function isCodeName(path: string): boolean {
  return kindOfName(path) !== undefined;
}

function kindOfName(path: string): CodeKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  if (dot === -1) return undefined;
  const known = kindsByExtension.get(name.slice(dot + 1).toLowerCase());
  return known ?? (versionedLibrary.test(name) ? 'other' : undefined);
}

/** Whether a file that begins so is machine code of Linux. */
export function isElf(head: Uint8Array): boolean {
  return head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
}
