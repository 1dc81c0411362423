import type { ReactNode } from 'react';
import { type Detection, techniqueOf } from '#runtime/contract.ts';
import { OutcomeMark } from './outcome-mark.tsx';

/** ATT&CK techniques in the order in which they were tried, and where it was cut. */
export function Techniques({ detections }: { readonly detections: readonly Detection[] }): ReactNode {
  const first = new Map<string, Detection>();
  for (const one of detections)
    if (one.technique !== undefined && !first.has(one.technique)) first.set(one.technique, one);
  if (first.size === 0) return null;
  return (
    <>
      <h3 className="attack-head">ATT&amp;CK</h3>
      <ol className="attack" aria-label="ATT&CK techniques in order">
        {[...first].map(([technique, { detector, outcome }]) => (
          <li key={technique} className={outcome === 'observed' ? undefined : 'cut'}>
            <a href={`https://attack.mitre.org/techniques/${technique.replace('.', '/')}/`} rel="noreferrer">
              {technique}
            </a>
            <span className="strong">{techniqueOf(technique)?.name ?? detector.replaceAll('-', ' ')}</span>
            <span className="small soft">{techniqueOf(technique)?.tactic}</span>
            <OutcomeMark outcome={outcome} />
          </li>
        ))}
      </ol>
    </>
  );
}
