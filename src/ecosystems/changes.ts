import { quoted } from './face.ts';

/** A package that is to have another version, and where it was found: that tells which tool brings the other one. */
export interface Replacement {
  readonly name: string;
  readonly installed: string;
  readonly to: string;
  /** Where its evidence lies, no leading slash; empty: not known. */
  readonly paths: readonly string[];
  /** Namespace of the distribution in its package URL, of packages of a system. */
  readonly vendor?: string | undefined;
  /** Those of `Changes.managers` that its image holds; missing: not known. */
  readonly managers?: readonly string[] | undefined;
}

/** What changes the version of a package: the line that goes, the line that comes, and what to copy. */
export interface Change {
  /** A file, or the command itself. */
  readonly where: string;
  readonly before: string;
  readonly after: string;
  readonly copy: string;
}

/** How the tools of an ecosystem bring other versions of its packages: pure, and without anything of Node. */
export interface Changes {
  /** Type of the packages. */
  readonly id: string;
  /** Packages of a system of which each is a program that brings others. */
  readonly managers?: readonly string[];
  change(replacement: Replacement): Change;
  /** The same of a package that another brings, which the project names itself; missing: as if it named that package. */
  changeThrough?(replacement: Replacement, direct: string): Change;
  /** The program for all users that brings a package along in a folder of its own, so that a newer program replaces it. */
  broughtBy?(paths: readonly string[]): string | undefined;
  /** The command that tells which packages require one; missing: there is none. */
  whoRequires?(name: string, paths: readonly string[]): string | undefined;
}

/** A change in a file, by the line that goes and the line that comes. */
export function changeInFile(
  where: string,
  { before, after }: { readonly before: string; readonly after: string },
): Change {
  return { where, before, after, copy: after };
}

/**
 * A change by the package manager of a system. Without one in the image, or without a command, nothing but a newer image below
 * brings another version. A manager reads some names as patterns, as addresses or as what to remove: no command holds those.
 */
export function changeOfSystem(wanted: Replacement, command: string | undefined): Change {
  const { name, installed, to, managers } = wanted;
  const lines = { before: `${name} ${installed}`, after: `${name} ${to}` };
  if (command === undefined || managers?.length === 0)
    return withoutCommand('base image: this one has no package manager', wanted);
  return /^[a-z\d](?:[\w.+-]*[\w.+])?$/i.test(name)
    ? changeByCommand(lines, command)
    : withoutCommand('no command: a package manager takes no such name', wanted);
}

/** What a person has to find a way to. It is one word and a version, should somebody paste it. */
export function withoutCommand(where: string, { name, installed, to }: Replacement): Change {
  return { where, before: `${name} ${installed}`, after: `${name} ${to}`, copy: `${quoted(name)} ${to}` };
}

/** What stands for a file in `paths` by the name of one of them: a tool by its lock file. `undefined`: none is there. */
export function byFile<Known>(
  paths: readonly string[],
  files: readonly (readonly [file: RegExp, known: Known])[],
): Known | undefined {
  return files.find(([file]) => paths.some((path) => file.test(path)))?.[1];
}

/** A change by one command, which names what goes and what comes. */
export function changeByCommand(lines: { readonly before: string; readonly after: string }, line: string): Change {
  return { where: line, ...lines, copy: line };
}
