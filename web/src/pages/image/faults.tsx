import type { ReactNode } from 'react';
import type { Fault } from '#catalog/contract.ts';
import { Notice } from '../../ui/blank.tsx';
import { counted } from '../../ui/format.ts';

/** Faults listed at once; all others open below. */
const firstFew = 5;

interface FaultsProps {
  readonly faults: readonly Fault[];
  /** A folder has no layers to name. */
  readonly layers: 'some' | 'none';
}

/** What kept the scan from seeing everything. A page with faults never looks like one without. */
export function Faults({ faults, layers }: FaultsProps): ReactNode {
  if (faults.length === 0) return null;
  return (
    <Notice title={`The scan did not see everything: ${counted(faults.length, 'fault')}`}>
      <p className="soft">Packages or flaws may be missing from the lists below. Remove the cause and scan again.</p>
      <FaultList faults={faults.slice(0, firstFew)} layers={layers} />
      {faults.length > firstFew && (
        <details>
          <summary>{counted(faults.length - firstFew, 'more fault', 'more faults')}</summary>
          <FaultList faults={faults.slice(firstFew)} layers={layers} />
        </details>
      )}
    </Notice>
  );
}

function FaultList({ faults, layers }: FaultsProps): ReactNode {
  return (
    <ul>
      {faults.map((fault, index) => (
        <li key={`${fault.code} ${fault.path} ${index}`}>
          <span className="breakable">{fault.message}</span>
          <span className="quiet small breakable">
            <code>{fault.code}</code>
            {fault.path !== undefined && !fault.message.includes(fault.path) && <code> /{fault.path}</code>}
            {layers === 'some' && fault.layer !== undefined && ` in layer ${fault.layer + 1}`}
            {fault.analyzer !== undefined && `, ${fault.analyzer}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
