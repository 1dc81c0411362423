import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { EmptyState } from '../ui/blank.tsx';

interface NoneProps {
  /** One row, and several. */
  readonly noun: readonly [one: string, many: string];
  /** What of the address stays: the chosen view of the page. */
  readonly views: object;
}

/** Filters leave nothing: the way back to all of them. */
export function NoneLeft({ noun, views }: NoneProps): ReactNode {
  const all = { ...views, environment: undefined };
  return (
    <EmptyState icon="search" title={`No ${noun[0]} passes these filters`}>
      <p className="soft">
        Remove a filter above, or look at{' '}
        <Link to="." search={all as never} hash>
          all {noun[1]}
        </Link>
        .
      </p>
    </EmptyState>
  );
}
