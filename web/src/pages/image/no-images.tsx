import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { EmptyState } from '../../ui/blank.tsx';
import { Command } from '../../ui/copy-button.tsx';

interface NoImagesProps {
  readonly filtered: boolean;
  readonly unscanned: number;
}

/** An empty list of images: filters that leave nothing, or a console that has seen none. */
export function NoImages({ filtered, unscanned }: NoImagesProps): ReactNode {
  if (filtered) {
    return (
      <EmptyState icon="search" title="No image passes these filters">
        <p className="soft">
          Remove a filter above, or look at{' '}
          <Link to="/images" search={{ environment: undefined }}>
            all images
          </Link>
          .
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="images" title="Images appear here as they are scanned">
      <p className="soft">
        {unscanned > 0
          ? 'This console knows of images, listed below, and none of them is scanned yet.'
          : 'On a host with Docker the images appear by themselves. Any other image, archive or folder is scanned by one command:'}
      </p>
      <Command text={`bin/seawall scan IMAGE --console ${window.location.origin} --token TOKEN`} />
      <p className="small quiet">
        Tokens are made under <Link to="/access">Access</Link>. A small vulnerable image to look at comes with{' '}
        <code>npm run demo</code>.
      </p>
    </EmptyState>
  );
}
