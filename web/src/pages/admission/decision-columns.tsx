import type { DecisionAtHost } from '#admission/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { shortDigest } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { answerMark, answerWord, gateWords, took } from './decision-words.ts';

/** One line for each answer of a gate. */
export const decisionColumns: readonly Column<DecisionAtHost>[] = [
  {
    id: 'answer',
    name: 'Answer',
    className: 'c-decided-answer',
    cell: (one) => <State state={answerMark(one)}>{answerWord(one)}</State>,
    text: answerWord,
  },
  {
    id: 'subject',
    name: 'What',
    className: 'c-decided-what',
    heads: 'row',
    cell: (one) => (
      <>
        <span className="l1 strong clip">{one.subject}</span>
        <span className="l2 quiet clip">{one.reason}</span>
      </>
    ),
    text: ({ subject }) => subject,
  },
  {
    id: 'who',
    name: 'Who',
    className: 'c-decided-who',
    cell: ({ principal, action }) => (
      <>
        <span className="l1 clip">{principal ?? 'unknown'}</span>
        <span className="l2 quiet clip">{action}</span>
      </>
    ),
    text: ({ principal, action }) => `${principal ?? ''} ${action}`,
  },
  {
    id: 'gate',
    name: 'Gate',
    className: 'c-decided-gate soft',
    least: 1300,
    cell: ({ gate, ring }) => (
      <>
        <span className="l1 clip">{gateWords[gate]}</span>
        <span className="l2 quiet">ring {ring}</span>
      </>
    ),
    text: ({ gate }) => gateWords[gate],
  },
  {
    id: 'place',
    name: 'Where',
    className: 'c-decided-where',
    cell: ({ environment, host }) => (
      <>
        <EnvironmentMark environment={environment} /> <span className="quiet clip">{host}</span>
      </>
    ),
    text: ({ environment, host }) => `${environment ?? ''} ${host}`,
  },
  {
    id: 'rule',
    name: 'Rule, image',
    className: 'c-decided-rule',
    cell: ({ rule, digest }) => (
      <>
        <span className="l1 clip">{rule?.name ?? 'none'}</span>
        <span className="l2 quiet mono clip">{digest === undefined ? 'unknown image' : shortDigest(digest)}</span>
      </>
    ),
    text: ({ rule, digest }) => `${rule?.name ?? ''} ${digest ?? ''}`,
  },
  {
    id: 'took',
    name: 'Time',
    className: 'c-decided-took num',
    least: 1200,
    cell: ({ milliseconds, held = 0 }) => (
      <>
        <span className="l1">{took(milliseconds)}</span>
        {held > 0 && <span className="l2 quiet">held {took(held)}</span>}
      </>
    ),
    text: ({ milliseconds }) => Math.round(milliseconds),
  },
  {
    id: 'when',
    name: 'When',
    className: 'c-decided-when soft',
    cell: ({ time }) => <When moment={time} />,
    text: ({ time }) => time,
  },
];
