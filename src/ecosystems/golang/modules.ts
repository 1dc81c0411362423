/** A module that a program was built of. */
export interface Module {
  readonly name: string;
  /** As Go writes it: `v1.2.3`, `v0.0.0-20240101120000-0123456789ab`, and `(devel)` where nothing tells. */
  readonly version: string;
}

export interface Modules {
  /** What the program itself is from. */
  readonly main?: Module;
  /** The package that was built: `cmd/go` for a command of Go's own. */
  readonly path: string;
  readonly dependencies: readonly Module[];
}

/** More modules than any program has. */
const mostModules = 20_000;
const unknownVersion = '(devel)';

/**
 * Lines of `go version -m`: `mod`, `dep`, and `=>` for what replaces the module before it. A module that a folder replaces
 * keeps its name, and its version is not known: it may have been changed in any way.
 */
export function parseModules(text: string): Modules {
  const dependencies: Module[] = [];
  let main: Module | undefined;
  let path = '';
  let isMain = false;
  for (const line of text.split('\n')) {
    const [word, name = '', version = ''] = line.split('\t');
    const module = { name, version: version === '' ? unknownVersion : version };
    if (word === 'path') path = name;
    else if (word === 'mod') [main, isMain] = [module, true];
    else if (word === 'dep' && dependencies.length < mostModules) isMain = dependencies.push(module) < 0;
    else if (word === '=>' && isMain) main = main && replaced(main, module);
    else if (word === '=>') dependencies.push(...dependencies.splice(-1).map((one) => replaced(one, module)));
  }
  const named = dependencies.filter(({ name }) => name !== '');
  return { path, ...(main && main.name !== '' && { main }), dependencies: named };
}

/** What is built in place of a module. */
export function replaced(module: Module, by: Module): Module {
  return /^(?:\.{0,2}\/|[A-Za-z]:)/.test(by.name) ? { name: module.name, version: unknownVersion } : by;
}

/**
 * Version of the standard library as advisories write it: `go1.22.1 X:boringcrypto` is `1.22.1`, `go1.22rc2` is
 * `1.22.0-rc.2`. Others stay as they are.
 */
export function libraryVersion(toolchain: string): string {
  const found = /^go(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:(beta|rc)(\d+))?(?:[\s+-].*)?$/.exec(toolchain);
  if (found === null) return toolchain;
  const [, major, minor = '0', patch, stage, number] = found;
  return `${major}.${minor}.${patch ?? '0'}${stage === undefined ? '' : `-${stage}.${number}`}`;
}
