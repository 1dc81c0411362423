import type { ReactNode } from 'react';
import { failureOf } from '../api.ts';
import { Icon, type IconName } from './icon.tsx';
import { StateGlyph } from './state-mark.tsx';

interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ReactNode;
}

/** A page or list with nothing in it yet: what will appear, and how. */
export function EmptyState({ icon, title, children }: EmptyProps): ReactNode {
  return (
    <section className="blank">
      <h2>
        <Icon name={icon} />
        {title}
      </h2>
      {children}
    </section>
  );
}

interface ErrorProps {
  readonly error: unknown;
  readonly retry?: () => void;
}

/** What happened, what was kept, what to do next, and the code. */
export function ErrorState({ error, retry }: ErrorProps): ReactNode {
  const failure = failureOf(error);
  return (
    <section className="blank" role="alert">
      <h1>
        <StateGlyph state="fail" />
        {failure.message}
      </h1>
      <p className="soft">{failure.next}</p>
      <p className="quiet small">
        Nothing that the console stores was changed. Code <code>{failure.code}</code>
      </p>
      {retry && (
        <button type="button" className="btn" onClick={retry}>
          Try again
        </button>
      )}
    </section>
  );
}

/** A line that is not there yet. `width` in pixels. */
export function Skeleton({ width }: { readonly width: number }): ReactNode {
  return <span className="skeleton" style={{ width }} aria-hidden="true" />;
}

interface NoticeProps {
  readonly title: ReactNode;
  readonly children: ReactNode;
}

/** Something unknown, incomplete or stale: hatched, with the reason and the way out. */
export function Notice({ title, children }: NoticeProps): ReactNode {
  return (
    <section className="notice">
      <span className="hatch" aria-hidden="true" />
      <div>
        <h2>
          <StateGlyph state="unknown" />
          {title}
        </h2>
        {children}
      </div>
    </section>
  );
}
