import type { Convergence, Dimension, Entry, ModelSummary } from '#runtime/contract.ts';
import type { MarkState } from '../../ui/state-mark.tsx';
import { nameOf } from './command-words.ts';

export const dimensionWords: Readonly<Record<Dimension, string>> = {
  process: 'Process',
  network: 'Network',
  file: 'File',
  syscall: 'System calls',
};

export const stateWords: Readonly<Record<ModelSummary['state'], string>> = {
  learning: 'Learning',
  active: 'Active',
  relearning: 'Relearning',
  manual: 'Manual',
  archived: 'Archived',
};

export const verdictWords: Readonly<Record<Convergence['verdict'], string>> = {
  learning: 'Learning',
  active: 'Active',
  'protect-ready': 'Ready to prevent',
  'open-ended': 'Open-ended',
};

export const sourceWords: Readonly<Record<Entry['source'], string>> = {
  static: 'Static',
  learned: 'Learned',
  inherited: 'Inherited',
  user: 'By a person',
};

/** State of a model as far as it is evidence: one that has observed nothing yet does not learn, it is unknown. */
export function modelState(summary: Pick<ModelSummary, 'state' | 'partial' | 'convergence'>): {
  readonly mark: MarkState;
  readonly word: string;
} {
  const { state, partial } = summary;
  const isLearning = state === 'learning' || state === 'relearning';
  if (isLearning && !hasObserved(summary)) return { mark: 'unknown', word: 'Not observed' };
  if (partial) return { mark: 'unknown', word: stateWords[state] };
  return { mark: state === 'active' || state === 'manual' ? 'pass' : 'partly', word: stateWords[state] };
}

/** Whether any dimension has an hour of observation. */
export function hasObserved({ convergence }: Pick<ModelSummary, 'convergence'>): boolean {
  return Object.values(convergence).some(({ hours }) => hours > 0);
}

export function markOfVerdict(verdict: Convergence['verdict'] | undefined): MarkState {
  switch (verdict) {
    case 'active':
    case 'protect-ready':
      return 'pass';
    case 'learning':
      return 'partly';
    case 'open-ended':
    case undefined:
      return 'unknown';
  }
}

/** How many new behaviours to expect, in words. */
export function boundWords({ hours, point, upper80 }: Convergence): string {
  if (upper80 === undefined || hours === 0) return 'nothing observed yet';
  return `up to ${upper80.toFixed(1)} new behaviours a day, estimate ${point.toFixed(1)}`;
}

/** Entrypoint as people type it. */
export function entrypointWords(entrypoint: readonly string[]): string {
  return entrypoint.length === 0 ? 'no entrypoint' : entrypoint.join(' ');
}

/** Image name of a model, or the start of its digest. */
export function modelName({ names, key }: Pick<ModelSummary, 'names' | 'key'>): string {
  return names[0] ?? key.digest.slice(7, 19);
}

/** Why an entry covers every applet of a multi-call program. */
const appletWords: Readonly<Record<NonNullable<Entry['anyApplet']>, string>> = {
  'learned-before': 'any applet (learned before applets were recorded)',
  'too-many': 'any applet (too many to list)',
  decided: 'any applet',
};

/** What an entry allows besides its program: who starts it, which arguments, which folder. */
export function lineWords({ fact, anyApplet }: Pick<Entry, 'fact' | 'anyApplet'>): string {
  switch (fact.dimension) {
    case 'process': {
      const { caller, applet, shape } = fact;
      const by = caller === undefined ? 'first program' : `by ${nameOf(caller)}`;
      const scope = anyApplet === undefined ? applet && `as ${applet}` : appletWords[anyApplet];
      return [scope, by, shape === applet ? '' : shape].filter(Boolean).join(', ');
    }
    case 'file':
      return fact.kind === 'generated-code' ? `loads code that it wrote below ${fact.folder}` : `loads ${fact.file}`;
  }
}

/** Where an entry was seen, and whether only a host says so; empty when nothing is known of it. */
export function placeWords({ seenIn = [], claimedBy }: Pick<Entry, 'seenIn' | 'claimedBy'>): string {
  return [
    ...(seenIn.length === 0 ? [] : [`seen in ${seenIn.join(', ')}`]),
    ...(claimedBy === undefined ? [] : [`reported by ${claimedBy} only`]),
  ].join(', ');
}
