import { asFields, type Fields, textsIn } from '../../fields.ts';
import { entriesIn, type Locked, unknownFormat, type Unread } from './locked.ts';

/**
 * `pdm.lock` (https://pdm-project.org/latest/usage/lockfile). It does not tell groups for development from extras, so only
 * what is for the group `dev` alone is left out. A package stands there again for each set of its extras.
 */
export function readPdmLock(lock: Fields, locked: Locked): Unread {
  if (lock['package'] === undefined && lock['metadata'] === undefined) return 'it lists no packages';
  const version = asFields(lock['metadata'])?.['lock_version'];
  const unknown = version === undefined ? undefined : unknownFormat(version, ['2', '3', '4']);
  if (unknown !== undefined) return unknown;
  for (const { name, version, fields } of entriesIn(lock, 'package', locked)) {
    const groups = textsIn(fields, 'groups') ?? [];
    const isForDevelopment = groups.length > 0 && groups.every((group) => group === 'dev');
    if (version !== undefined && !isForDevelopment && fields['path'] === undefined) locked.add(name, version, fields);
  }
  return undefined;
}
