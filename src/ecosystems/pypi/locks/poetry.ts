import { asFields, type Fields, textIn, textsIn } from '../../fields.ts';
import { entriesIn, type Locked, unknownFormat, type Unread } from './locked.ts';

/**
 * `poetry.lock` of Poetry 1 and 2 (https://python-poetry.org/docs/managing-dependencies): groups other than `main` are
 * for development. Before 1.5 a category says so, from 2.0 on the groups; between them the file says nothing of it.
 */
export function readPoetryLock(lock: Fields, locked: Locked): Unread {
  if (lock['package'] === undefined && lock['metadata'] === undefined) return 'it lists no packages';
  const version = asFields(lock['metadata'])?.['lock-version'];
  const unknown = version === undefined ? undefined : unknownFormat(version, ['1', '2']);
  if (unknown !== undefined) return unknown;
  for (const { name, version, fields } of entriesIn(lock, 'package', locked)) {
    const isLocal = textIn(asFields(fields['source']), 'type') === 'directory';
    const isDelivered = fields['category'] !== 'dev' && textsIn(fields, 'groups')?.includes('main') !== false;
    if (version !== undefined && isDelivered && !isLocal) locked.add(name, version, fields);
  }
  return undefined;
}
