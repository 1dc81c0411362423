import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SeverityCounts } from '#explorer/contract.ts';
import type { Severity } from '#vulnerability/contract.ts';
import { count, narrowCount } from './format.ts';

/** The words for people. */
export const severityWords: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  negligible: 'Negligible',
  unrated: 'Unrated',
};

const outline = { fill: 'var(--s-fill)', stroke: 'var(--s-edge)', strokeWidth: 1.2, strokeLinejoin: 'round' } as const;

/** A shape of its own for each severity, so that it reads without colour. */
export function SeverityGlyph({ severity }: { readonly severity: Severity }): ReactNode {
  return (
    <svg className="glyph" viewBox="0 0 12 12" aria-hidden="true">
      {shapeOf(severity)}
    </svg>
  );
}

function shapeOf(severity: Severity): ReactNode {
  switch (severity) {
    case 'critical':
      return (
        <>
          <path d="M6 .4L11.6 6 6 11.6.4 6z" {...outline} />
          <path d="M6 3.4v3.2M6 8.5v.1" stroke="var(--on-critical)" strokeWidth="1.5" strokeLinecap="round" />
        </>
      );
    case 'high':
      return <path d="M6 1.2L11.3 10.6H.7z" {...outline} />;
    case 'medium':
      return <path d="M1.6 1.6h8.8v8.8H1.6z" {...outline} />;
    case 'low':
      return <circle cx="6" cy="6" r="4" {...outline} />;
    case 'negligible':
      return <circle cx="6" cy="6" r="2.2" {...outline} />;
    case 'unrated':
      return <circle cx="6" cy="6" r="4.4" {...outline} strokeDasharray="2.1 1.6" />;
  }
}

/** Shape and word. */
export function SeverityMark({ severity }: { readonly severity: Severity }): ReactNode {
  return (
    <span className="sev" data-severity={severity}>
      <SeverityGlyph severity={severity} />
      {severityWords[severity]}
    </span>
  );
}

/** The severities that stand in columns; negligible ones are counted in lists only where there are any. */
const columns = ['critical', 'high', 'medium', 'low', 'unrated'] as const;

interface CountsProps {
  readonly counts: SeverityCounts;
  /** The list that a number counts. */
  readonly linkTo?: (severity: Severity) => LinkProps;
  readonly form: 'columns' | 'line';
}

/** Findings by severity. In columns a zero keeps its place; in a line it is left out. */
export function Counts({ counts, linkTo, form }: CountsProps): ReactNode {
  const shown = form === 'columns' ? columns : ([...columns, 'negligible'] as const).filter((one) => counts[one] > 0);
  if (shown.length === 0) return <span className="quiet small">none</span>;
  return (
    <span className={form === 'columns' ? 'counts cols' : 'counts'}>
      {shown.map((severity) => (
        <CountMark
          key={severity}
          severity={severity}
          value={counts[severity]}
          text={form === 'columns' ? narrowCount(counts[severity]) : count(counts[severity])}
          {...(linkTo && { link: linkTo(severity) })}
        />
      ))}
    </span>
  );
}

function CountMark(props: {
  readonly severity: Severity;
  readonly value: number;
  readonly text: string;
  readonly link?: LinkProps;
}): ReactNode {
  const { severity, value, text, link } = props;
  if (value === 0) {
    return (
      <span className="zero" data-severity={severity}>
        <span className="sr">0 {severityWords[severity]}</span>
        <span aria-hidden="true">·</span>
      </span>
    );
  }
  const inside = (
    <>
      <SeverityGlyph severity={severity} />
      <Figure value={value} text={text} />
      <span className="sr"> {severityWords[severity]}</span>
    </>
  );
  if (link === undefined) return <span data-severity={severity}>{inside}</span>;
  return (
    <Link data-severity={severity} {...link}>
      {inside}
    </Link>
  );
}

/** A shortened figure has the exact one on hover and for screen readers. */
function Figure({ value, text }: { readonly value: number; readonly text: string }): ReactNode {
  const exact = count(value);
  if (text === exact) return text;
  return (
    <>
      <span aria-hidden="true" title={exact}>
        {text}
      </span>
      <span className="sr">{exact}</span>
    </>
  );
}

/** The same counts as lengths. */
export function StackBar({ counts }: { readonly counts: SeverityCounts }): ReactNode {
  const shown = ([...columns, 'negligible'] as const).filter((one) => counts[one] > 0);
  const text = shown.map((one) => `${counts[one]} ${severityWords[one]}`).join(', ');
  return (
    <div className="stackbar" role="img" aria-label={text === '' ? 'No findings' : text}>
      {shown.map((one) => (
        <span key={one} data-severity={one} style={{ flex: counts[one] }} />
      ))}
    </div>
  );
}

/** All findings that are not suppressed. */
export function totalOf(counts: SeverityCounts): number {
  return [...columns, 'negligible' as const].reduce((sum, one) => sum + counts[one], 0);
}
