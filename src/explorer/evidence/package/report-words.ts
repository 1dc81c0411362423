import type { CheckState } from '#compliance/contract.ts';
import type { ControlState } from '../../contract-evidence.ts';
import type { AssessedControl } from '../assessment.ts';
import { type Html, html } from './html.ts';

const words = {
  met: 'Met',
  'not-met': 'Not met',
  incomplete: 'Incomplete',
  'met-with-exceptions': 'Met with exceptions',
  'not-applicable': 'Not applicable',
  pass: 'Pass',
  fail: 'Fail',
  warn: 'Warn',
  'not-assessed': 'Not assessed',
  error: 'Error',
  excepted: 'Excepted',
} as const satisfies Record<ControlState | CheckState, string>;

/** A state with its mark. */
export function stateWord(state: ControlState | CheckState): Html {
  return html`<span class="state ${state}">${words[state]}</span>`;
}

/** A part as a person reads it. What is not whole is never shown as 100 %. */
export function percent(part: number | undefined): string {
  return part === undefined ? '–' : `${Math.floor(part * 1000) / 10} %`;
}

/** A moment, in UTC. */
export function day(time: string): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Coverage counts subjects by their worst answer: one that fails hides what nobody knows of it besides. */
export function answeredWords({ questions, unanswered }: Pick<AssessedControl, 'questions' | 'unanswered'>): string {
  const required = questions.filter((one) => one.required).length;
  return `${required - unanswered} of ${required}`;
}
