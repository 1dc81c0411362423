import { lazy, type ReactNode, Suspense } from 'react';
import { Skeleton } from '../../ui/blank.tsx';
import type { ComplianceProps } from './compliance-section.tsx';
import type { ImportedProps } from './imported-section.tsx';

const Section = lazy(async () => ({ default: (await import('./compliance-section.tsx')).ComplianceSection }));

const ImportedSection = lazy(async () => ({ default: (await import('./imported-section.tsx')).ImportedResults }));

/** How checks stand for a subject; fetched when it is shown. */
export function Compliance(props: ComplianceProps): ReactNode {
  return (
    <Suspense fallback={<Waiting title={props.title} />}>
      <Section {...props} />
    </Suspense>
  );
}

/** What people imported of other tools; fetched when it is shown. */
export function ImportedResults(props: ImportedProps): ReactNode {
  return (
    <Suspense fallback={<Waiting title="Imported results" />}>
      <ImportedSection {...props} />
    </Suspense>
  );
}

function Waiting({ title }: { readonly title: string }): ReactNode {
  return (
    <section className="d-sec" aria-busy="true">
      <h3>{title}</h3>
      <Skeleton width={220} />
    </section>
  );
}
