import type { ReactNode } from 'react';
import type { ImageDetail } from '#explorer/contract.ts';
import { Compliance, ImportedResults } from '../compliance/lazy-compliance.tsx';

/** How checks stand for an image. It is the same wherever it lies, so no host is named. */
export function ImageCompliance({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { subject } = detail.row;
  return (
    <div className="section image-compliance">
      <Compliance title="Compliance of the image" host="-" kind="image" id={subject} asker="dockerfile" isRunning />
      <ImportedResults of={{ image: subject }} />
    </div>
  );
}
