import type { ReactNode } from 'react';
import { failureOf } from '../api.ts';
import { StateGlyph } from './state-mark.tsx';

/** What was refused, what to do next, and the code, beside the control that asked for it. */
export function Failure({ error }: { readonly error: unknown }): ReactNode {
  const failure = failureOf(error);
  return (
    <p role="alert" className="failure">
      <StateGlyph state="fail" />
      <span>
        {failure.message} <span className="soft">{failure.next}</span> <code className="quiet">{failure.code}</code>
      </span>
    </p>
  );
}
