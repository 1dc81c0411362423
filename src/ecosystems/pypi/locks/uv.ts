import { asFields, type Fields, listIn, textIn, textsIn } from '../../fields.ts';
import { type Entry, entriesIn, type Locked, type Unread, unknownFormat } from './locked.ts';

/**
 * `uv.lock` (https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile). It lists the packages of the project and
 * what each needs, so what is needed for development alone is what the project does not reach without its development
 * groups. All extras of the project count.
 */
export function readUvLock(lock: Fields, locked: Locked): Unread {
  const unknown = unknownFormat(lock['version'], ['1']);
  if (unknown !== undefined) return unknown;
  const entries = entriesIn(lock, 'package', locked);
  for (const { name, version, fields } of deliveredOf(lock, entries))
    if (version !== undefined && !isLocal(fields)) locked.add(name, version, fields);
  return undefined;
}

/** A folder of the project, or beside it. */
function isLocal(fields: Fields): boolean {
  const source = asFields(fields['source']) ?? {};
  return ['editable', 'virtual', 'directory'].some((kind) => source[kind] !== undefined);
}

/** Steps after which a file counts as one that does not tell; the largest that are published take some 20,000. */
const mostSteps = 5_000_000;

function deliveredOf(lock: Fields, entries: readonly Entry[]): Iterable<Entry> {
  const manifest = asFields(lock['manifest']);
  const roots = rootsOf(entries, manifest);
  const first = [
    ...neededIn(listIn(manifest, 'requirements')),
    ...roots.flatMap(({ fields }) => [
      ...neededIn(listIn(fields, 'dependencies')),
      ...Object.keys(extrasOf(fields)).flatMap((extra) => neededIn(listIn(extrasOf(fields), extra))),
    ]),
  ];
  return (roots.length === 0 && first.length === 0 ? undefined : reachedFrom(first, entries)) ?? entries;
}

/** All that these lead to; `undefined` where that takes too long. */
function reachedFrom(first: readonly Needed[], entries: readonly Entry[]): Iterable<Entry> | undefined {
  const byName = Map.groupBy(entries, ({ name }) => name);
  const reached = new Set<Entry>();
  const seen = new Set<string>();
  const waiting = [...first];
  let steps = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { name, version, extra } = next;
    const key = JSON.stringify([name, version, extra]);
    if (seen.has(key)) continue;
    seen.add(key);
    for (const entry of byName.get(name) ?? []) {
      if (++steps > mostSteps) return undefined;
      if (version !== undefined && entry.version !== version) continue;
      reached.add(entry);
      const { fields } = entry;
      const needed = extra === '' ? listIn(fields, 'dependencies') : listIn(extrasOf(fields), extra);
      steps += needed.length;
      for (const one of neededIn(needed)) waiting.push(one);
    }
  }
  return reached;
}

function extrasOf(fields: Fields): Fields {
  return asFields(fields['optional-dependencies']) ?? {};
}

/** Members of the workspace, or the one project; none for a script, which states its requirements. */
function rootsOf(entries: readonly Entry[], manifest: Fields | undefined): readonly Entry[] {
  const members = textsIn(manifest ?? {}, 'members');
  if (members !== undefined) {
    const names = new Set(members);
    return entries.filter(({ name, fields }) => names.has(name) && isLocal(fields));
  }
  return entries.filter(({ fields }) => {
    const source = asFields(fields['source']);
    return [textIn(source, 'editable'), textIn(source, 'virtual')].includes('.');
  });
}

/** A package that is needed, and one of its extras; none: the package alone. */
interface Needed {
  readonly name: string;
  /** Stated only where the file holds more than one. */
  readonly version: string | undefined;
  readonly extra: string;
}

function neededIn(dependencies: readonly unknown[]): readonly Needed[] {
  return dependencies.flatMap((value) => {
    const fields = asFields(value) ?? {};
    const [name, version] = [textIn(fields, 'name'), textIn(fields, 'version')];
    if (name === undefined) return [];
    return ['', ...(textsIn(fields, 'extra') ?? [])].map((extra) => ({ name, version, extra }));
  });
}
