import type { ReactNode } from 'react';
import { Command } from './copy-button.tsx';

/** A secret that nobody can read again, with what it is for. */
export function ShownOnce({ text, children }: { readonly text: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="secret" role="status">
      <p>{children}</p>
      <Command text={text} />
    </div>
  );
}
