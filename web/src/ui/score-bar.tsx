import type { CSSProperties, ReactNode } from 'react';
import { risk } from './format.ts';
import { riskPartsOf } from './risk-parts.ts';

interface ScoreProps {
  readonly score: number;
  /** Points by factor; without them the bar shows the whole only. */
  readonly points?: Readonly<Record<string, number>>;
}

/** Risk as a number and as a bar of its parts. */
export function Score({ score, points }: ScoreProps): ReactNode {
  return (
    <span className="score">
      <b>{risk(score)}</b>
      <RiskBar score={score} size="small" {...(points && { points })} />
    </span>
  );
}

/** The bar alone: 100 points are its whole width. */
export function RiskBar({ score, points, size }: ScoreProps & { readonly size: 'small' | 'big' }): ReactNode {
  const parts = points === undefined ? [] : riskPartsOf(points);
  const text = parts.map((one) => `${one.name} ${one.points.toFixed(1)}`).join(', ');
  return (
    <span
      className={size === 'big' ? 'bar big' : 'bar'}
      role="img"
      aria-label={`Risk ${risk(score)} of 100${text === '' ? '' : `: ${text}`}`}
    >
      {parts.length === 0 ? (
        <span data-part="whole" style={width(score)} />
      ) : (
        parts.map((one) => <span key={one.name} data-part={one.part} style={width(one.points)} />)
      )}
    </span>
  );
}

function width(value: number): CSSProperties {
  return { '--v': value } as CSSProperties;
}
