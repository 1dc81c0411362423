import type { ReactNode } from 'react';
import type { Detection, Incident } from '#runtime/contract.ts';
import { State } from '../../ui/state-mark.tsx';

type Outcome = Detection['outcome'];

/** What can be done about what happened. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  observed: 'Observed only',
  refused: 'Prevented',
  killed: 'Prevented',
  stopped: 'Container stopped',
};

/** What was done about it, in a word. */
export function outcomeWord(outcome: Outcome): string {
  return outcomeWords[outcome];
}

/** Something that ran on is what needs a person; what was stopped is marked as such. */
export function OutcomeMark({ outcome }: { readonly outcome: Outcome }): ReactNode {
  return <State state={outcome === 'observed' ? 'fail' : 'stopped'}>{outcomeWords[outcome]}</State>;
}

const stateWords: Readonly<Record<Incident['state'], string>> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  closed: 'Closed',
};

export function incidentStateWord(state: Incident['state']): string {
  return stateWords[state];
}
