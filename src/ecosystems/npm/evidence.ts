import type { Package } from '../contract.ts';
import type { Listed } from './lock-file.ts';

const direct = 'direct dependency';
const elsewhere = 'not from the npm registry';

/** What a list of packages says of one, behind the kind of the list: `lock file (direct dependency)`. */
export function evidenceOf(kind: string, { isDirect: isNamed, isAlias, origin }: Listed): string {
  const notes = [
    ...(isNamed ? [direct] : []),
    ...(isAlias ? ['installed under another name'] : []),
    ...(origin === 'registry' ? [] : [elsewhere]),
  ];
  return notes.length === 0 ? kind : `${kind} (${notes.join(', ')})`;
}

/** False for what comes from a git repository or a URL: the registry's package of that name is another one. */
export function isListedOfRegistry({ foundBy }: Pick<Package, 'foundBy'>): boolean {
  return !foundBy.evidence.includes(elsewhere);
}

/** Whether the project itself names a package, as far as the list of its packages tells. */
export function isDirect({ foundBy }: Pick<Package, 'foundBy'>): boolean {
  return foundBy.evidence.includes(direct);
}
