import { asFields, type Fields, listIn, textIn } from '../../fields.ts';

/** Takes what a lock file lists. */
export interface Locked {
  add(name: string, version: string, fields?: Fields): void;
  /** An entry names no package. */
  damaged(): void;
  /** A package of PyPI of which the file says no version. */
  open(name: string): void;
}

/** Why a lock file is not read; `undefined`: it was. */
export type Unread = string | undefined;

/** Why a file in this version of its format is not read: `2.0`, of which `1` and `2` are known. */
export function unknownFormat(version: unknown, known: readonly string[]): Unread {
  if (typeof version !== 'string' && typeof version !== 'number') return 'it states no version of its format';
  const text = String(version);
  return known.includes(text.split('.', 1)[0] ?? '') ? undefined : `it is of version ${text} of its format`;
}

/** Whether an entry is taken from a repository, as Poetry, PDM, uv and PEP 751 write it. */
export function isOfRepository({ git, vcs, source }: Fields): boolean {
  const from = asFields(source);
  return [git, vcs, from?.['git']].some((value) => value !== undefined) || textIn(from, 'type') === 'git';
}

/** One entry of a list of packages. */
export interface Entry {
  readonly name: string;
  /** Local folders and sources under version control need not state one. */
  readonly version: string | undefined;
  readonly fields: Fields;
}

/** The packages of a list, less what names none. */
export function entriesIn(lock: Fields, key: string, locked: Locked): readonly Entry[] {
  return listIn(lock, key).flatMap((value) => {
    const fields = asFields(value);
    const name = textIn(fields, 'name');
    if (fields !== undefined && name !== undefined) return [{ name, version: textIn(fields, 'version'), fields }];
    locked.damaged();
    return [];
  });
}
