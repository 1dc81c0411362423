import type { ReactNode } from 'react';
import { countFaults, type Fault, type FaultKind, faultKindOf } from '#catalog/contract.ts';
import { Notice } from '../../ui/blank.tsx';
import { count, counted } from '../../ui/format.ts';

/** Faults listed at once; all others open below. */
const firstFew = 5;

interface FaultsProps {
  readonly faults: readonly Fault[];
  /** A folder has no layers to name. */
  readonly layers: 'some' | 'none';
}

/** What kept the scan from seeing everything, packages from being judged, files from being identified. */
export function Faults({ faults, layers }: FaultsProps): ReactNode {
  const of = (...kinds: readonly FaultKind[]): readonly Fault[] =>
    faults.filter(({ code }) => kinds.includes(faultKindOf(code)));
  const [unseen, unjudged, unidentified] = [of('reading', 'content'), of('judging'), of('unidentified')];
  return (
    <>
      <FaultNotice
        faults={unseen}
        layers={layers}
        title={`The scan did not see everything: ${counted(countFaults(unseen), 'fault')}`}
        advice="Packages or vulnerabilities may be missing from the lists below. Remove the cause and scan again."
      />
      <FaultNotice
        faults={unjudged}
        layers={layers}
        title={`Not judged: ${counted(countFaults(unjudged), 'reason')}`}
        advice="These packages may have vulnerabilities that the lists below do not show."
      />
      <FaultNotice
        faults={unidentified}
        layers={layers}
        title={`Not identified: ${counted(countFaults(unidentified), 'file')}`}
        advice="They are the application's own or hold packages of others. No advisory was compared with them."
      />
    </>
  );
}

interface NoticeProps extends FaultsProps {
  readonly title: string;
  readonly advice: string;
}

function FaultNotice({ faults, layers, title, advice }: NoticeProps): ReactNode {
  if (faults.length === 0) return null;
  const rest = faults.slice(firstFew);
  return (
    <Notice title={title}>
      <p className="soft">{advice}</p>
      <FaultList faults={faults.slice(0, firstFew)} layers={layers} />
      {rest.length > 0 && (
        <details>
          <summary>{count(countFaults(rest))} more</summary>
          <FaultList faults={rest} layers={layers} />
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
