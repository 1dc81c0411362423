import type { SeenProcess } from './contract.ts';
import type { ExecSighting } from './event.ts';
import table from './programs-1.json' with { type: 'json' };

/** What kind of program a name stands for, where that matters. */
export type ProgramKind = 'shell' | 'interpreter' | 'downloader' | 'network-tool' | 'other';

const shells = new Set(table.shells);
const interpreters = new Map(Object.entries(table.interpreters));
const downloaders = new Set(table.downloaders);
const networkTools = new Map(Object.entries(table.networkTools));
const multiCall = new Set(table.multiCall);
const neverLearn = new Map(Object.entries(table.neverLearn));
const installers = new Map<string, readonly string[]>(Object.entries(table.installers));
const miners = new Set(table.miners);
const servers = new Set(table.servers);
const launchers = new Set(table.launchers);
const codeRunners = [...table.shells, ...Object.keys(table.interpreters), ...table.codeRunners];
const starters = new Set([...table.launchers, ...table.starters]);
const systemNames = new Set(table.systemNames);
const engineFiles = new Set(table.engineFiles);

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `python3.12` and `python3` are `python`; a name that is known as it stands is not cut. */
export function plainName(name: string): string {
  const lower = name.toLowerCase();
  if (networkTools.has(lower) || neverLearn.has(lower) || miners.has(lower)) return lower;
  return lower.replace(/-?\d[\d.]*$/, '') || lower;
}

/** Kind of a program, by its path or name. */
export function kindOf(path: string): ProgramKind {
  const name = plainName(baseName(path));
  if (shells.has(name)) return 'shell';
  if (interpreters.has(name)) return 'interpreter';
  if (downloaders.has(name)) return 'downloader';
  return networkTools.has(name) ? 'network-tool' : 'other';
}

/**
 * Name that a program goes by. One that holds many (`busybox`) is the one that its first word asks for, since that is what
 * it looks at itself.
 */
export function appliedName(path: string, argv: readonly string[] | undefined): string {
  const name = baseName(path);
  if (!multiCall.has(plainName(name))) return name;
  const [first = name, second] = (argv ?? []).map((word) => baseName(word).replace(/^-/, ''));
  return multiCall.has(first) ? (second ?? first) : first;
}

/** Name that a program which was seen goes by: its applet, as long as it is no module or class of an interpreter. */
export function seenName({ path, applet, argv }: SeenProcess): string {
  return applet === undefined || isInterpreter(path) ? appliedName(path, argv) : applet;
}

/** Names that an exec answers to: the program's own, and the script's that it runs. */
export function namesOf({ process, given, isScript }: ExecSighting): readonly string[] {
  const own = new Set([seenName(process), appliedName(process.path, process.argv)]);
  return isScript ? [...own, baseName(given)] : [...own];
}

/** Whether a program's arguments are part of what is learned of it: sensors report them then. */
export function hasArguments(path: string): boolean {
  return kindOf(path) !== 'other' || isMultiCall(path);
}

/** Whether a program runs code from files: an interpreter, a shell, a virtual machine. */
export function runsCode(path: string): boolean {
  const kind = kindOf(path);
  return kind === 'interpreter' || kind === 'shell';
}

/** Runs code of a language: its applets are modules and classes. */
export function isInterpreter(path: string): boolean {
  return kindOf(path) === 'interpreter';
}

export function isMultiCall(path: string): boolean {
  return multiCall.has(plainName(baseName(path)));
}

/** A dynamic loader: `ld-linux-x86-64.so.2`, `ld-musl-x86_64.so.1`, `ld-2.31.so`. */
export function isLoader(path: string): boolean {
  return /^(?:ld(?:-linux[\w-]*|-musl-[\w-]+|64)?\.so(?:\.\d+)*|ld-\d[\d.]*\.so)$/.test(baseName(path));
}

/**
 * Runs code of others, or other programs, as its arguments say: what it does is not known by its name. Behind a name may
 * stand a version, as in `python3.13t` and `perl5.40-x86_64-linux-gnu`; `native/sensor/guard/code-file.c` knows the same.
 */
export function followsArguments(path: string): boolean {
  const name = baseName(path).toLowerCase();
  return (
    starters.has(name) ||
    starters.has(plainName(name)) ||
    codeRunners.some((one) => name.startsWith(one) && version.test(name.slice(one.length)))
  );
}

const version = /^(?:[\d.-][\d.mtdu-]*|[\d.-]*\d[\d.mtdu-]*-.*)?$/u;

/** Files that an engine lays over those of the image to run as a container's first program (`docker run --init`). */
export function isEngineFile(path: string): boolean {
  return engineFiles.has(path);
}

/** Letters of options after which code follows; `undefined` when the program takes none. */
export function codeLetters(name: string): string | undefined {
  const plain = plainName(name);
  return shells.has(plain) ? 'c' : interpreters.get(plain);
}

export function isCodeWord(word: string): boolean {
  return table.codeWords.includes(word);
}

/** Why a program is never learned by itself, in words that follow its name; `undefined` when it is. */
export function neverLearned(
  name: string,
  argv: readonly string[] | undefined,
  also: readonly string[] = [],
): string | undefined {
  const plain = plainName(name);
  if (miners.has(plain)) return 'mines coins';
  const known = networkTools.get(plain) ?? neverLearn.get(plain);
  if (known !== undefined) return known;
  const verbs = installers.get(plain);
  if (verbs !== undefined && (verbs.length === 0 || argv?.some((word) => verbs.includes(word)) === true))
    return 'installs packages';
  return also.some((one) => one === name || one === plain) ? 'is on the list of the rule' : undefined;
}

/** Whether a program is never learned whatever its arguments are: what can be said of a file before it runs. */
export function isTool(path: string, also: readonly string[]): boolean {
  return !isMultiCall(path) && neverLearned(baseName(path), [], also) !== undefined;
}

export function isMiner(name: string): boolean {
  return miners.has(plainName(name));
}

/** First word of a command line that only miners take. */
export function minerWord(argv: readonly string[]): string | undefined {
  return argv.find((word) => table.minerWords.some((known) => word.toLowerCase().includes(known)));
}

/** A program that serves requests of others, or runs an application that does. */
export function isServer(path: string): boolean {
  const name = baseName(path).toLowerCase();
  return servers.has(name) || servers.has(plainName(name));
}

/** A program that only starts another one in its place. */
export function isLauncher(path: string): boolean {
  return launchers.has(baseName(path));
}

/** Name of a part of the operating system, which an application has no reason to bear. */
export function isSystemName(name: string): boolean {
  return systemNames.has(name.toLowerCase());
}
