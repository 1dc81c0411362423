import type { ReactNode } from 'react';
import { Skeleton } from '../../ui/blank.tsx';
import { WaitingHead } from '../../ui/page-head.tsx';

/** Title of the page of compliance rules, whichever tab is open. */
export const rulesTitle = 'Compliance rules';

/** A tab of that page until its answer is there. */
export function WaitingRules(): ReactNode {
  return (
    <>
      <WaitingHead title={rulesTitle} />
      <p className="section" aria-busy="true">
        <Skeleton width={420} />
      </p>
    </>
  );
}
