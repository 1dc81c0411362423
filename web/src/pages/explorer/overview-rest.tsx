import type { ReactNode } from 'react';
import type { Overview } from '#explorer/contract.ts';
import { CompliancePart } from './compliance-part.tsx';
import { DoNext } from './do-next.tsx';
import { Happened } from './happened.tsx';
import { Unknowns } from './unknowns.tsx';
import './overview-rest.css';

export { NewestScans } from './newest-scans.tsx';

/** What happened, what to do next, and what is unknown. */
export function Rest({ overview }: { readonly overview: Overview }): ReactNode {
  return (
    <>
      <Happened />
      <DoNext overview={overview} />
      <Unknowns overview={overview} />
      <CompliancePart overview={overview} />
    </>
  );
}
