import type { Transition } from '#compliance/contract.ts';
import { counted } from '../../ui/format.ts';
import { stateMarks } from './check-words.ts';

/** `Fails, before: passes` */
export function transitionWords(transition: Transition): string {
  switch (transition.kind) {
    case 'first':
      return `Judged by ${counted(transition.checks, 'check')}, for the first time by this set of checks.`;
    case 'ended':
      return 'It is gone.';
    case 'changed': {
      const [from, to] = [stateMarks[transition.from].word, stateMarks[transition.to].word];
      const why = transition.silent === true ? (transition.to === 'not-assessed' ? ', its host is silent' : '') : '';
      return `${to}, before: ${from.toLowerCase()}${why}.`;
    }
  }
}
