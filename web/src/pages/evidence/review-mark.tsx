import type { ReactNode } from 'react';
import type { EvidenceTemplate } from '#explorer/contract.ts';

/** Who stands behind a template, where no specialist does. */
export function ReviewMark({ standing }: Pick<EvidenceTemplate, 'standing'>): ReactNode {
  switch (standing) {
    case 'reviewed':
      return null;
    case 'own':
      return <span className="mark">written here</span>;
    case 'starting-point':
      return (
        <span
          className="mark dashed"
          title="No specialist of this subject has reviewed which checks stand for which control."
        >
          starting point, not reviewed
        </span>
      );
  }
}
