import { lazy, type ReactNode, Suspense } from 'react';
import { Skeleton } from '../../ui/blank.tsx';
import type { ComplianceProps } from './compliance-section.tsx';

const Section = lazy(async () => ({ default: (await import('./compliance-section.tsx')).ComplianceSection }));

/** How checks stand for a subject; fetched when it is shown. */
export function Compliance(props: ComplianceProps): ReactNode {
  return (
    <Suspense
      fallback={
        <section className="d-sec" aria-busy="true">
          <h3>{props.title}</h3>
          <Skeleton width={220} />
        </section>
      }
    >
      <Section {...props} />
    </Suspense>
  );
}
