import { asFields, type Fields } from '../fields.ts';
import { readObject } from './json.ts';

/** A package that a program of .NET brings along, or that its build resolved. */
export interface Dependency {
  readonly name: string;
  readonly version: string;
  /** Names of the packages that it requires. */
  readonly requires: readonly string[];
}

/**
 * Packages of a `NAME.deps.json` (dotnet/sdk, runtime-configuration-file.md); why not, where it is none. A package counts
 * when something of it runs for the target of the program: one that only takes part in the build has no files there, nor
 * has one that the runtime replaces. The runtime itself is listed where the program brings it along, and by the files of
 * the runtime as a package.
 */
export function readDependencies(text: string): readonly Dependency[] | string {
  const file = readObject(text);
  if (typeof file === 'string') return file;
  const libraries = asFields(file['libraries']);
  if (libraries === undefined) return 'it lists no libraries';
  const target = targetOf(file);
  return Object.entries(libraries).flatMap(([key, value]) => {
    const type = asFields(value)?.['type'];
    const one = parseKey(key);
    if (one === undefined) return [];
    const own = asFields(target?.[key]);
    if (type === 'runtimepack') return [{ ...one, name: one.name.replace(/^runtimepack\./, ''), requires: [] }];
    if (type !== 'package' || (own !== undefined && !hasFiles(own))) return [];
    return [{ ...one, requires: requiredBy(own) }];
  });
}

/**
 * Packages of a `project.assets.json` (the result of `dotnet restore`): those of which something runs for one of the
 * targets of the project.
 */
export function readAssets(text: string): readonly Dependency[] | string {
  const file = readObject(text);
  if (typeof file === 'string') return file;
  const targets = asFields(file['targets']);
  if (targets === undefined) return 'it lists no targets';
  const found = new Map<string, Dependency>();
  for (const target of Object.values(targets))
    for (const [key, value] of Object.entries(asFields(target) ?? {})) {
      const [own, one] = [asFields(value), parseKey(key)];
      if (one === undefined || own?.['type'] !== 'package' || !hasFiles(own)) continue;
      found.set(key, { ...one, requires: requiredBy(own) });
    }
  return [...found.values()];
}

/** `Newtonsoft.Json/13.0.1`. */
function parseKey(key: string): { readonly name: string; readonly version: string } | undefined {
  const slash = key.lastIndexOf('/');
  return slash <= 0 || slash === key.length - 1
    ? undefined
    : { name: key.slice(0, slash), version: key.slice(slash + 1) };
}

/** What the program is for: `.NETCoreApp,Version=v8.0/linux-x64`. */
function targetOf(file: Fields): Fields | undefined {
  const targets = asFields(file['targets']);
  const name = asFields(file['runtimeTarget'])?.['name'];
  return asFields(targets?.[typeof name === 'string' ? name : '']);
}

function requiredBy(own: Fields | undefined): readonly string[] {
  return Object.keys(asFields(own?.['dependencies']) ?? {});
}

/** Kinds of files that are there when the program runs. */
const kinds = ['runtime', 'runtimeTargets', 'native', 'resources', 'resource'] as const;

/** `_._` stands for an empty folder. */
function hasFiles(own: Fields): boolean {
  return kinds.some((kind) => Object.keys(asFields(own[kind]) ?? {}).some((file) => !file.endsWith('/_._')));
}
