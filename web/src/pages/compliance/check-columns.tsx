import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { CheckStatus } from '#compliance/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { count } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { SeverityMark } from '../../ui/severity.tsx';
import { State } from '../../ui/state-mark.tsx';
import { type CheckRow, openStatuses, subjectsOf } from './check-rows.ts';
import { statusMarks, subjectKindWords } from './check-words.ts';

/** One line for each check: what it asks, then its subjects by how they stand, each number with its list. */
export const checkColumns: readonly Column<CheckRow>[] = [
  {
    id: 'check',
    name: 'Check',
    className: 'breakable',
    heads: 'row',
    cell: ({ check }) => (
      <>
        <Link
          className="l1 strong"
          to="/compliance/checks"
          search={(before: object) => ({ ...before, check: check.id, status: undefined })}
          resetScroll={false}
        >
          {check.title}
        </Link>
        <span className="l2">
          {subjectKindWords[check.subject]} <span className="mono">{check.id}</span>
          {check.cis.length > 0 && ` CIS ${check.cis.join(', ')}`}
        </span>
      </>
    ),
  },
  {
    id: 'severity',
    name: 'Severity',
    className: 'c-severity',
    cell: ({ check }) => <SeverityMark severity={check.severity} />,
  },
  {
    id: 'open',
    name: 'Not known',
    className: 'c-open',
    cell: (row) => {
      if (subjectsOf(row) === 0) return <State state="unknown">nothing reported</State>;
      const some = openStatuses.filter((status) => row.findings.subjects[status] > 0);
      return some.length === 0 ? (
        <span className="quiet">0</span>
      ) : (
        some.map((one) => <Open key={one} row={row} status={one} />)
      );
    },
  },
  { id: 'fail', name: 'Fail', className: 'num', cell: (row) => <Failing row={row} /> },
  { id: 'warn', name: 'Warn', className: 'num', cell: (row) => <Number row={row} status="warn" /> },
  { id: 'pass', name: 'Pass', className: 'num', cell: (row) => <Number row={row} status="pass" /> },
];

interface NumberProps {
  readonly row: CheckRow;
  readonly status: CheckStatus;
}

function Open({ row, status }: NumberProps): ReactNode {
  return (
    <span className="l1">
      <Number row={row} status={status} /> <span className="quiet small">{statusMarks[status].word.toLowerCase()}</span>
    </span>
  );
}

function Failing({ row }: Pick<NumberProps, 'row'>): ReactNode {
  const { folded, inherited = 0 } = row.findings;
  return (
    <>
      <Number row={row} status="fail" />
      {inherited > 0 && <span className="l2">{count(inherited)} from a base image</span>}
      {folded > 0 && (
        <span className="l2" title="They fail because another check fails, and are counted with it.">
          {folded === row.findings.subjects.fail ? 'implied' : `${count(folded)} implied`}
        </span>
      )}
    </>
  );
}

function Number({ row, status }: NumberProps): ReactNode {
  const number = row.findings.subjects[status];
  if (number === 0) return <span className="quiet">0</span>;
  return (
    <Link
      to="/compliance/checks"
      search={(before: object) => ({ ...before, check: row.check.id, status })}
      resetScroll={false}
    >
      <Glow value={number}>{count(number)}</Glow>
      <span className="sr">
        {' '}
        {statusMarks[status].word}: {row.check.id}
      </span>
    </Link>
  );
}
