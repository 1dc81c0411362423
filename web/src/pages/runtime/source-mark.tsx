import type { ReactNode } from 'react';
import type { Entry } from '#runtime/contract.ts';
import { sourceWords } from './model-words.ts';

/** Where a line comes from, as a shape of its own: a square, a disc, a hook, a person. */
export function SourceMark({ source }: { readonly source: Entry['source'] }): ReactNode {
  return (
    <span className="source" data-source={source} title={sourceWords[source]}>
      <svg viewBox="0 0 10 10" aria-hidden="true">
        {shapeOf(source)}
      </svg>
      <span className="sr">{sourceWords[source]}</span>
    </span>
  );
}

function shapeOf(source: Entry['source']): ReactNode {
  switch (source) {
    case 'static':
      return <path d="M1.5 1.5h7v7h-7z" fill="currentColor" />;
    case 'learned':
      return <circle cx="5" cy="5" r="3.8" fill="currentColor" />;
    case 'inherited':
      return (
        <path
          d="M2 1v4.500a2.500 2.500 0 0 0 2.500 2.500H9M6.500 5.500L9 8 6.500 10"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
        />
      );
    case 'user':
      return (
        <path
          d="M5 4.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM1.200 9.500c.2-2.400 1.600-3.700 3.800-3.700s3.600 1.300 3.800 3.700z"
          fill="currentColor"
        />
      );
  }
}
