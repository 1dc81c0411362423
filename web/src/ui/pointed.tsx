import type { ReactNode } from 'react';

interface PointedProps {
  readonly expression: string;
  /** Begins with the place: `Line 1, column 4: …`. */
  readonly problem: string;
}

/** The line of an expression with the fault, and a mark below the place. */
export function Pointed({ expression, problem }: PointedProps): ReactNode {
  const [, line, column] = /^Line (\d+), column (\d+): /.exec(problem) ?? [];
  if (line === undefined || column === undefined) return null;
  return (
    <pre className="pointed mono" aria-hidden="true">
      {expression.split('\n')[Number(line) - 1] ?? ''}
      {'\n'}
      {' '.repeat(Math.max(0, Number(column) - 1))}^
    </pre>
  );
}
