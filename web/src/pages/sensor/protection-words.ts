import type { Protection, ProtectionCounts, ProtectionPart, ProtectionState } from '#inventory/contract.ts';
import { count, counted } from '../../ui/format.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

/** How a container is protected, in a word. */
export const protectionWords: Readonly<Record<ProtectionState | 'not-protected', string>> = {
  unknown: 'Protection unknown',
  unprotected: 'Not protected',
  partly: 'Partly protected',
  protected: 'Protected',
  watched: 'Watched only',
  'not-protected': 'Not as the rule asks',
};

export const partWords: Readonly<Record<ProtectionPart['state'], string>> = {
  armed: 'armed',
  missing: 'not stopped',
  'not-asked': 'not in rule',
  unknown: 'unknown',
};

export function protectionMark(state: ProtectionState): MarkState {
  switch (state) {
    case 'unknown':
      return 'unknown';
    case 'unprotected':
      return 'fail';
    case 'partly':
    case 'watched':
      return 'partly';
    case 'protected':
      return 'pass';
  }
}

export function partMark(state: ProtectionPart['state']): MarkState | undefined {
  switch (state) {
    case 'armed':
      return 'pass';
    case 'missing':
      return 'fail';
    case 'unknown':
      return 'unknown';
    case 'not-asked':
      return undefined;
  }
}

/** Containers whose rule prevents something that is not prevented, as far as is known. */
export function notProtected({ unknown, unprotected, partly }: Omit<ProtectionCounts, 'protected'>): number {
  return unknown + unprotected + partly;
}

/** What they lack, unknown first: `2 unknown, 1 not protected`. */
export function lackSentence({ unknown, unprotected, partly }: Omit<ProtectionCounts, 'protected'>): string {
  const parts = [
    [unknown, 'unknown'],
    [unprotected, 'not protected'],
    [partly, 'protected in part'],
  ] as const;
  return parts.flatMap(([number, word]) => (number === 0 ? [] : `${count(number)} ${word}`)).join(', ');
}

/** How containers whose rules prevent something stand together; `undefined`: there are none. */
export function protectionStatus(
  counts: ProtectionCounts,
): { readonly state: MarkState; readonly lacking: number; readonly sentence: string } | undefined {
  const lacking = notProtected(counts);
  const all = lacking + counts.protected;
  if (all === 0) return undefined;
  if (lacking === 0)
    return {
      state: 'pass',
      lacking,
      sentence: `${counted(all, 'running container is', 'running containers are')} protected, by what their sensors reported.`,
    };
  return {
    state: counts.unknown > 0 ? 'unknown' : 'fail',
    lacking,
    sentence: `of ${counted(all, 'running container')} under rules that prevent ${lacking === 1 ? 'is' : 'are'} ${counts.unknown > 0 ? 'not known to be protected' : 'not protected as the rules ask'}.`,
  };
}

/** What containers lack, behind their number: not *unknown* where sensors reported that something is not prevented. */
export function lackingSentence(counts: Omit<ProtectionCounts, 'protected'>): string {
  const one = notProtected(counts) === 1;
  const known = counts.unknown > 0 ? 'not known to be' : 'not';
  return `${one ? 'is' : 'are'} ${known} protected as ${one ? 'its rule asks' : 'their rules ask'}.`;
}

/** How many lack what; missing where the sentence before has said it of all of them. */
export function lackReason(counts: Omit<ProtectionCounts, 'protected'>): string | undefined {
  const lacking = notProtected(counts);
  const isSaid = counts.unknown === lacking || counts.unprotected === lacking;
  return isSaid ? undefined : `${lackSentence(counts)}.`;
}

/** What the page Containers says first: what is not known, or lacks what its rule asks for. */
export interface ContainersStatus {
  readonly state: MarkState;
  readonly number: number;
  /** Filter of the list that has them; missing: there is none, and the sentence stands alone. */
  readonly list?: 'unknown' | 'not-protected';
  /** After the number. */
  readonly sentence: string;
  readonly reason: string;
}

/** `protection` is missing where it could not be read; `undefined` where nothing is lacking and all is known. */
export function containersStatus(
  protection: { readonly all: ProtectionCounts; readonly preventing: ProtectionCounts } | undefined,
): ContainersStatus | undefined {
  if (protection === undefined)
    return {
      state: 'unknown',
      number: 0,
      sentence: 'How what runs is protected is not known.',
      reason: 'The console did not say it. Load the page again.',
    };
  const { all, preventing } = protection;
  const lacking = notProtected(preventing);
  if (lacking > 0) {
    const sentence = lackingSentence(preventing);
    const state = preventing.unknown > 0 ? 'unknown' : 'fail';
    const reason = lackReason(preventing) ?? 'Each row says why.';
    return { state, number: lacking, list: 'not-protected', sentence, reason };
  }
  if (all.unknown === 0) return undefined;
  return {
    state: 'unknown',
    number: all.unknown,
    list: 'unknown',
    sentence: `${all.unknown === 1 ? 'is' : 'are'} of unknown protection.`,
    reason: 'No rule prevents anything in them, and nobody can say whether a sensor watches.',
  };
}

/** Rows of counts added up. */
export function sumOf(rows: readonly ProtectionCounts[]): ProtectionCounts {
  return rows.reduce(
    (sum, one) => ({
      unknown: sum.unknown + one.unknown,
      unprotected: sum.unprotected + one.unprotected,
      partly: sum.partly + one.partly,
      protected: sum.protected + one.protected,
      watched: sum.watched + one.watched,
    }),
    { unknown: 0, unprotected: 0, partly: 0, protected: 0, watched: 0 },
  );
}

/** What a row of a file says. */
export function protectionText(protection: Protection | undefined): string {
  return protection === undefined ? '' : `${protectionWords[protection.state]}: ${protection.reason}`;
}
