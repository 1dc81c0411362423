import { AppError } from '#base/index.ts';

/** How far an agent's facts are stored. */
export interface Stored {
  /** None before the first batch. */
  readonly epoch: string | null;
  /** Last one stored of the epoch. */
  readonly sequence: number;
  readonly pastEpochs: readonly string[];
}

/** Where a batch begins, and what its agent says of the facts before. */
export interface Beginning {
  readonly epoch: string;
  readonly sequence: number;
  /** Facts right before it that the agent does not have any more. */
  readonly missing?: { readonly first: number; readonly last: number } | undefined;
  /** The epoch before this one, and its last fact. */
  readonly before?: { readonly epoch: string; readonly last: number } | undefined;
}

/** Facts that will never come. */
export interface Missing {
  readonly epoch: string;
  readonly first: number;
  /** Missing: nobody knows. */
  readonly last?: number;
}

/** What to do with a batch. */
export type Place =
  /** Its facts but for the first `skip`, which are stored already, follow what is stored, or what is missing for good. */
  | { readonly kind: 'follows'; readonly skip: number; readonly stored: number; readonly missing: readonly Missing[] }
  /** The first of a new epoch; nothing before `stored` will come. */
  | { readonly kind: 'begins'; readonly stored: number; readonly missing: readonly Missing[] }
  /** Facts before it are not here: the agent is told what is stored, and sends from there or says that they are gone. */
  | { readonly kind: 'gap'; readonly stored: number };

/** Throws `AppError` `epoch-ended` for a batch of an epoch before the current one: a late copy, or a copied identity. */
export function placeOf(stored: Stored, batch: Beginning): Place {
  const { epoch, sequence } = batch;
  if (epoch === stored.epoch) {
    const skip = stored.sequence + 1 - sequence;
    if (skip >= 0) return { kind: 'follows', skip, stored: stored.sequence, missing: [] };
    if (!isGone(batch, stored.sequence)) return { kind: 'gap', stored: stored.sequence };
    const missing = [{ epoch, first: stored.sequence + 1, last: sequence - 1 }];
    return { kind: 'follows', skip: 0, stored: sequence - 1, missing };
  }
  if (stored.pastEpochs.includes(epoch))
    throw new AppError('epoch-ended', 'These facts belong to an epoch that the agent had ended before.');
  const before = missingBefore(stored, batch);
  if (sequence === 1) return { kind: 'begins', stored: 0, missing: before };
  if (!isGone(batch, 0)) return { kind: 'gap', stored: 0 };
  return { kind: 'begins', stored: sequence - 1, missing: [...before, { epoch, first: 1, last: sequence - 1 }] };
}

/** Whether the agent says of everything between what is stored and its batch that it is gone. */
function isGone({ sequence, missing }: Beginning, stored: number): boolean {
  return missing !== undefined && missing.first <= stored + 1 && missing.last === sequence - 1;
}

/** What is missing of earlier epochs when a new one begins. Agents of v0.1 do not say. */
function missingBefore({ epoch, sequence }: Stored, { before }: Beginning): readonly Missing[] {
  if (epoch === null || before === undefined) return [];
  if (before.epoch !== epoch) {
    const between = before.last > 0 ? [{ epoch: before.epoch, first: 1, last: before.last }] : [];
    return [{ epoch, first: sequence + 1 }, ...between];
  }
  return before.last > sequence ? [{ epoch, first: sequence + 1, last: before.last }] : [];
}

/** Last sequence that is stored once so many facts of the batch are. */
export function storedAfter(place: Place, facts: number): number {
  switch (place.kind) {
    case 'begins':
    case 'follows':
      return place.stored + facts;
    case 'gap':
      return place.stored;
  }
}

/** Facts of a batch that were stored already. */
export function skippedBy(place: Place): number {
  return place.kind === 'follows' ? place.skip : 0;
}
