import { asFields, type Fields, textIn } from '../../fields.ts';
import { type Locked, type Unread } from './locked.ts';

/** `Pipfile.lock` of pipenv (https://pipenv.pypa.io/en/latest/pipfile): categories of packages, `develop` one of them. */
export function readPipfileLock(lock: Fields, locked: Locked): Unread {
  if (asFields(lock['_meta']) === undefined && asFields(lock['default']) === undefined) return 'it lists no packages';
  for (const [category, packages] of Object.entries(lock)) {
    if (category === '_meta' || category === 'develop') continue;
    for (const [name, entry] of Object.entries(asFields(packages) ?? {})) {
      const fields = asFields(entry);
      if (fields === undefined || name === '') {
        locked.damaged();
        continue;
      }
      const version = /^={2,3}\s*(\S+)$/.exec(textIn(fields, 'version') ?? '')?.[1];
      if (version !== undefined) locked.add(name, version);
    }
  }
  return undefined;
}
