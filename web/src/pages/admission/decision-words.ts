import type { DecisionAtHost, Gate } from '#admission/contract.ts';
import type { Option } from '../../ui/filter-bar.tsx';
import type { MarkState } from '../../ui/state-mark.tsx';

type Answered = Pick<DecisionAtHost, 'answer' | 'effect' | 'outcome'>;

/** What became of it, in one word. */
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
  canary: 'Trial of the gate',
};

export const gateOptions: readonly Option[] = Object.entries(gateWords);

export const answerOptions: readonly Option[] = [
  ['deny', 'Refused'],
  ['allow', 'Allowed or alerted'],
];

export const timeOptions: readonly Option[] = [['day', 'Last 24 hours']];

/** What the answer rests on. */
export const causeWords: Readonly<Record<DecisionAtHost['cause'], string>> = {
  verdict: 'the verdict on the image',
  settings: 'the settings of the container',
  'unknown-image': 'nobody knows the image',
  'break-glass': 'root let it start',
  'own-image': 'an image of the product',
  build: 'a step of an image build',
  'not-admitted': 'it was never admitted',
  request: 'the request itself',
  'gate-fault': 'the gate could not judge',
  unarmed: 'the sensor had not armed it',
};

/** Whole milliseconds below a second. */
export function took(milliseconds: number): string {
  if (milliseconds < 1) return '< 1 ms';
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
}
