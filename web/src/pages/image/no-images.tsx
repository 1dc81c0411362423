import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ScanCommand } from '../../app/own-program.tsx';
import { EmptyState } from '../../ui/blank.tsx';

/** A console that has no scanned image: how the first one comes. */
export function NoImages({ unscanned }: { readonly unscanned: number }): ReactNode {
  return (
    <EmptyState icon="images" title="Images appear here as they are scanned">
      <p className="soft">
        {unscanned > 0
          ? 'This console knows the images listed below; none of them is scanned yet.'
          : 'On a host with Docker the images appear by themselves. Any other image, archive or folder is scanned by one command:'}
      </p>
      <ScanCommand />
      <p className="small quiet">
        Create a token under <Link to="/access">Access</Link>.
      </p>
    </EmptyState>
  );
}
