import type { ReactNode } from 'react';
import type { Detection, Incident } from '#runtime/contract.ts';
import { type MarkState, State } from '../../ui/state-mark.tsx';

type Outcome = Detection['outcome'];

const words: Readonly<Record<Outcome, string>> = {
  observed: 'Not stopped',
  refused: 'Prevented',
  killed: 'Prevented',
  stopped: 'Container stopped',
};

/** What was done about it, in a word. */
export function outcomeWord(outcome: Outcome): string {
  return words[outcome];
}

/** Something that ran on is what needs a person; what was stopped is marked as such. */
export function OutcomeMark({ outcome }: { readonly outcome: Outcome }): ReactNode {
  return <State state={outcome === 'observed' ? 'fail' : 'stopped'}>{words[outcome]}</State>;
}

const stateWords: Readonly<Record<Incident['state'], string>> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  closed: 'Closed',
};

export function incidentStateWord(state: Incident['state']): string {
  return stateWords[state];
}

/** The mark of an incident: open ones need a person, unless all of it was stopped. */
export function incidentMark({ state, outcome }: Pick<Incident, 'state' | 'outcome'>): MarkState {
  if (state !== 'open') return 'pass';
  return outcome === 'observed' ? 'fail' : 'stopped';
}
