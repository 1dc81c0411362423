import type { DecisionAtHost, Gate } from '#admission/contract.ts';
import type { Option } from '../../ui/filter-choice.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

type Answered = Pick<DecisionAtHost, 'answer' | 'effect' | 'outcome'>;

/** The answer in one word. */
export function answerWord({ answer, effect, outcome }: Answered): string {
  if (outcome === 'stopped') return 'Stopped';
  if (answer === 'deny') return outcome === 'reported' ? 'Reported' : 'Refused';
  return effect === 'alert' ? 'Alerted' : 'Allowed';
}

export function answerMark({ answer, effect, outcome }: Answered): MarkState {
  if (answer === 'deny') return outcome === 'reported' ? 'fail' : 'stopped';
  return effect === 'alert' ? 'partly' : 'pass';
}

export const gateWords: Readonly<Record<Gate, string>> = {
  'docker-authorization': 'Docker request',
  'kubernetes-webhook': 'Kubernetes request',
  'runtime-wrapper': 'Container start',
  sweep: 'Sweep',
  canary: 'Gate trial',
};

export const gateOptions: readonly Option[] = Object.entries(gateWords);

export const answerOptions: readonly Option[] = [
  ['deny', 'Refused'],
  ['allow', 'Allowed or alerted'],
];

export const timeOptions: readonly Option[] = [['day', 'Last 24 hours']];

/** Cause of the answer. */
export const causeWords: Readonly<Record<DecisionAtHost['cause'], string>> = {
  verdict: 'verdict on the image',
  settings: 'container settings',
  'unknown-image': 'unknown image',
  'break-glass': 'allowed by root of the host',
  compliance: 'compliance',
  'own-image': 'image of Seawall',
  build: 'image build',
  'not-admitted': 'never admitted',
  request: 'the request itself',
  'gate-fault': 'gate fault',
  unarmed: 'sensor not ready',
};

/** Whole milliseconds below a second. */
export function took(milliseconds: number): string {
  if (milliseconds < 1) return '< 1 ms';
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
}
