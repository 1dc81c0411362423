import type { Incident } from '#runtime/contract.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

/** The mark of an incident: open ones need a person, unless all of it was stopped; one that is acknowledged is not over. */
export function incidentMark({ state, outcome }: Pick<Incident, 'state' | 'outcome'>): MarkState {
  switch (state) {
    case 'open':
      return outcome === 'observed' ? 'fail' : 'stopped';
    case 'acknowledged':
      return 'partly';
    case 'closed':
      return 'pass';
  }
}
