import type { ReactNode } from 'react';
import type { Stops } from '#runtime/contract.ts';
import { count, counted, dateTime } from '../../ui/format.ts';

/** From when to when the answer goes, and what is not known. */
export function StopEvidence({ evidence }: { readonly evidence: Stops['evidence'] }): ReactNode {
  const { from, to, watched, of, models, left, unknown } = evidence;
  return (
    <>
      <p className="small quiet">
        {from === undefined
          ? 'Nothing was watched in these days.'
          : `Evidence from ${dateTime(from)} to ${dateTime(to)}: ${count(watched)} of ${counted(of, 'hour')} watched without loss${models > 1 ? ' in the model that was watched least' : ''}.`}
        {left > 0 && ` ${counted(left, 'model')} more were not looked at.`}
      </p>
      {unknown.length > 0 && (
        <ul className="small hatch not-known" aria-label="Not known">
          {unknown.map(({ kind, reason, models: number }) => (
            <li key={`${kind} ${reason}`} className="breakable">
              {reason}
              {models > 1 && ` (${count(number)} of ${counted(models, 'model')})`}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
