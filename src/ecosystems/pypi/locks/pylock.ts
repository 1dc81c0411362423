import { type Fields, textIn, textsIn } from '../../fields.ts';
import { entriesIn, type Locked, unknownFormat, type Unread } from './locked.ts';
import { mayHold } from './marker.ts';

/**
 * `pylock.toml` (https://packaging.python.org/specifications/pylock-toml, once PEP 751). A marker may bind a package to
 * groups; those that are not installed by default are left out.
 */
export function readPylock(lock: Fields, locked: Locked): Unread {
  const unknown = unknownFormat(lock['lock-version'], ['1']);
  if (unknown !== undefined) return unknown;
  const groups = new Set(textsIn(lock, 'default-groups'));
  for (const { name, version, fields } of entriesIn(lock, 'packages', locked)) {
    if (version === undefined || fields['directory'] !== undefined) continue;
    if (mayHold(textIn(fields, 'marker') ?? '', groups)) locked.add(name, version, fields);
  }
  return undefined;
}
