import { Link } from '@tanstack/react-router';
import type { CheckState } from '#compliance/contract.ts';
import { type EvidenceTemplate, type getTemplateEvidence, stripDays } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Column } from '../../ui/columns.ts';
import { percent } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { State } from '../../ui/state-mark.tsx';
import type { DaySlot } from './days.ts';
import { DaysStrip } from './days-strip.tsx';
import type { EvidenceScope } from './evidence-search.ts';
import { answerOrder, controlWords, isCovered, standingOf } from './standing.ts';
import { SubjectBar } from './subject-bar.tsx';
import { unansweredWords } from './template-standing.ts';

/** A control with its strip. */
export type ControlRow = Omit<ReplyOf<typeof getTemplateEvidence>['controls'][number], 'days'> & {
  readonly slots: readonly DaySlot[];
};

interface ColumnsOf {
  readonly template: string;
  readonly standing: EvidenceTemplate['standing'];
  /** Stays with every link. */
  readonly scope: EvidenceScope;
  /** `none`: none are kept of what is looked at. */
  readonly days: 'kept' | 'none';
}

/** One line for each control: what decides its state, rate and coverage beside each other, its subjects, its days. */
export function controlColumns({ template, standing, scope, days }: ColumnsOf): readonly Column<ControlRow>[] {
  const linkTo = (control: string, state?: CheckState) =>
    ({
      to: '/compliance/controls/$template/$control',
      params: { template, control },
      search: { ...scope, ...(state !== undefined && { state }) },
      ...(state !== undefined && { hash: 'subjects' }),
    }) as const;
  return [
    {
      id: 'control',
      name: 'Control',
      className: 'c-control breakable',
      heads: 'row',
      cell: ({ id, title, reason }) => (
        <>
          <Link className="l1 strong" {...linkTo(id)}>
            <span className="control-id">{id}</span> {title}
          </Link>
          <span className="l2">{reason}</span>
        </>
      ),
      text: ({ id }) => id,
    },
    ...standingColumns,
    {
      id: 'subjects',
      name: 'Subjects',
      className: 'c-subjects',
      cell: (control) => (
        <SubjectBar
          counts={control.subjects}
          covered={isCovered(control)}
          linkTo={(state) => linkTo(control.id, state)}
        />
      ),
    },
    ...(days === 'kept' ? [daysColumn] : []),
    ...fileColumns,
    inFile('Standing', () => standing),
  ];
}

const daysColumn: Column<ControlRow> = {
  id: 'days',
  name: `${stripDays} days`,
  className: 'c-days',
  cell: ({ id, slots }) => <DaysStrip slots={slots} name={`How ${id} stood`} />,
};

const standingColumns: readonly Column<ControlRow>[] = [
  {
    id: 'state',
    name: 'State',
    className: 'c-standing',
    cell: (control) => {
      const { state, word } = standingOf(control);
      return (
        <>
          <State state={state}>
            <Glow value={word}>{word}</Glow>
          </State>
          {/* The reason of one that is incomplete says it. */}
          {control.state === 'not-met' && <span className="l2">{unansweredWords(control)}</span>}
        </>
      );
    },
    text: ({ state }) => controlWords[state],
  },
  {
    id: 'rate',
    name: 'Rate',
    className: 'c-rate num',
    cell: ({ rate }) => <Share value={rate} />,
    text: textOf('rate'),
  },
  {
    id: 'coverage',
    name: 'Coverage',
    className: 'c-rate num',
    cell: ({ coverage }) => <Share value={coverage} />,
    text: textOf('coverage'),
  },
];

/** A column of files alone. */
function inFile(name: string, text: (control: ControlRow) => string | number): Column<ControlRow> {
  return { id: name, name, className: '', cell: () => null, place: 'export', text };
}

const fileColumns: readonly Column<ControlRow>[] = [
  inFile('Title', ({ title }) => title),
  inFile('Reason', ({ reason }) => reason),
  ...answerOrder.map((state) => inFile(`Subjects: ${state}`, ({ subjects }) => subjects[state])),
  inFile('Required questions', ({ questions }) => questions),
  inFile('Without an answer', ({ unanswered }) => unanswered),
];

function Share({ value }: { readonly value: number | undefined }) {
  return value === undefined ? <span className="quiet">none</span> : <>{percent(value)}</>;
}

/** Four decimals: a file is calculated with. */
function textOf(field: 'rate' | 'coverage') {
  return (control: ControlRow): number | undefined => {
    const value = control[field];
    return value === undefined ? undefined : Math.floor(value * 10_000) / 10_000;
  };
}
