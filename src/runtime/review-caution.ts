import type { Entry, ReviewCaution } from './contract.ts';
import { isLoader } from './programs.ts';

/** Why a line is never learned by itself, so that allowing it needs a word of its own; `undefined` for all others. */
export function cautionOf({ fact, class: weight }: Pick<Entry, 'fact' | 'class'>): ReviewCaution | undefined {
  if (fact.dimension === 'file') return 'code';
  if (fact.origin !== undefined || fact.sha256 !== undefined) return 'drift';
  if (weight !== 'forbidden') return undefined;
  if (isLoader(fact.path)) return 'loader';
  return fact.session === 'exec' ? 'session' : 'never-learned';
}
