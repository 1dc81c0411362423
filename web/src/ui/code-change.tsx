import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';

interface ChangeProps {
  readonly where: string;
  readonly before: string;
  readonly after: string;
  readonly copy: string;
}

/** A change as two lines, with signs as well as tints. */
export function CodeChange({ where, before, after, copy }: ChangeProps): ReactNode {
  return (
    <div className="code-box">
      <div className="code" tabIndex={0} role="group" aria-label={`Change: ${where}`}>
        <span className="file">{where}</span>
        <span className="del">
          <span className="sr">remove </span>
          {before}
        </span>
        <span className="add">
          <span className="sr">add </span>
          {after}
        </span>
      </div>
      <CopyButton text={copy} what="change" />
    </div>
  );
}
