import { storable } from './search.ts';

/** What spellings of one application's name have in common. PostgreSQL folds only ASCII under some collations, so it is never asked to. */
export function applicationKey(name: string): string {
  return storable(name).toLowerCase();
}
