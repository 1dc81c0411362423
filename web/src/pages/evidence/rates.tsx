import type { ReactNode } from 'react';
import { percent } from '../../ui/format.ts';

interface FigureProps {
  readonly name: string;
  /** Missing: there is nothing to measure. */
  readonly value: number | undefined;
  /** What it is made of. */
  readonly children: ReactNode;
}

/** Rate and coverage, in one size. */
export function Rates({ children }: { readonly children: ReactNode }): ReactNode {
  return <dl className="rates">{children}</dl>;
}

/** A share as a large figure; one that is not known is hatched. */
export function RateFigure({ name, value, children }: FigureProps): ReactNode {
  return (
    <div>
      <dt className="label">{name}</dt>
      <dd>
        {value === undefined ? <span className="rate-figure unknown">unknown</span> : <Share value={value} />}
        <span className="small quiet">{children}</span>
      </dd>
    </div>
  );
}

function Share({ value }: { readonly value: number }): ReactNode {
  return <span className="rate-figure">{percent(value)}</span>;
}
