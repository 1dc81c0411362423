import { AppError } from '#base/index.ts';

/** How far an agent's facts are stored. */
export interface Stored {
  /** None before the first batch. */
  readonly epoch: string | null;
  /** Last one stored of the epoch. */
  readonly sequence: number;
  readonly pastEpochs: readonly string[];
}

/** Where a batch begins. */
export interface Beginning {
  readonly epoch: string;
  readonly sequence: number;
}

/** What to do with a batch. */
export type Place =
  /** Its facts but for the first `skip`, which are stored already, follow what is stored. */
  | { readonly kind: 'follows'; readonly skip: number; readonly stored: number }
  /** The first of a new epoch. */
  | { readonly kind: 'begins' }
  /** Facts before it are missing: the agent is told what is stored, and sends from there or begins a new epoch. */
  | { readonly kind: 'gap'; readonly stored: number };

/** Throws `AppError` `epoch-ended` for a batch of an epoch before the current one: a late copy, or a copied identity. */
export function placeOf(stored: Stored, { epoch, sequence }: Beginning): Place {
  if (epoch === stored.epoch) {
    const skip = stored.sequence + 1 - sequence;
    return skip < 0 ? { kind: 'gap', stored: stored.sequence } : { kind: 'follows', skip, stored: stored.sequence };
  }
  if (stored.pastEpochs.includes(epoch))
    throw new AppError('epoch-ended', 'These facts belong to an epoch that the agent had ended before.');
  return sequence === 1 ? { kind: 'begins' } : { kind: 'gap', stored: 0 };
}
