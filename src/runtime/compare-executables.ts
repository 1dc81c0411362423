import type { Executable, ExecutableChange } from './executable.ts';

/**
 * What became of each executable from one digest to the next, by its path in the container (`/bin/sh`); those that are as they were are left out. A program
 * counts as unchanged when every library that it asks for, and that those ask for, is the same too.
 */
export function compareExecutables(
  before: readonly Executable[],
  after: readonly Executable[],
): ReadonlyMap<string, Exclude<ExecutableChange, 'unchanged'>> {
  const [old, now] = [closures(before), closures(after)];
  const changes = new Map<string, Exclude<ExecutableChange, 'unchanged'>>();
  for (const { path, sha256 } of after) {
    const known = old.byPath.get(path);
    if (known === undefined) changes.set(`/${path}`, 'new');
    else if (known.sha256 !== sha256) changes.set(`/${path}`, 'changed');
    else if (old.libraries(path) !== now.libraries(path)) changes.set(`/${path}`, 'libraries-changed');
  }
  for (const { path } of before) if (!now.byPath.has(path)) changes.set(`/${path}`, 'gone');
  return changes;
}

interface Closures {
  readonly byPath: ReadonlyMap<string, Executable>;
  /** Text that is the same when the libraries of a program are: names and hashes of all that are reached. */
  readonly libraries: (path: string) => string;
}

function closures(executables: readonly Executable[]): Closures {
  const byPath = new Map(executables.map((one) => [one.path, one]));
  const byName = new Map<string, Executable[]>();
  for (const one of executables)
    for (const name of new Set([one.elf?.soname ?? '', one.path.slice(one.path.lastIndexOf('/') + 1)]))
      byName.set(name, [...(byName.get(name) ?? []), one]);
  return {
    byPath,
    libraries(path) {
      const reached = new Map<string, string>();
      const waiting = [...(byPath.get(path)?.elf?.needed ?? [])];
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        if (reached.has(name)) continue;
        const found = byName.get(name) ?? [];
        reached.set(
          name,
          found
            .map(({ sha256 }) => sha256)
            .toSorted()
            .join('+'),
        );
        waiting.push(...found.flatMap(({ elf }) => elf?.needed ?? []));
      }
      return [...reached]
        .map((entry) => entry.join('='))
        .toSorted()
        .join(' ');
    },
  };
}
