import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import { type ImportedResult, listImportedResults } from '#explorer/contract.ts';
import type { CallInput } from '#http/index.ts';
import { reading } from '../../api.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { outcomeWords, profileName } from './imported-words.ts';
import './compliance.css';

export interface ImportedProps {
  /** Whose results. */
  readonly of: CallInput<typeof listImportedResults>['query'];
}

/** What people imported of OpenSCAP about one host or image, apart from what Seawall found itself. */
export function ImportedResults({ of }: ImportedProps): ReactNode {
  const heading = useId();
  const { data, error } = useQuery(reading(listImportedResults, { query: of }));
  return (
    <section className="d-sec" aria-labelledby={heading}>
      <h3 id={heading}>Imported results</h3>
      {error !== null ? (
        <Failure error={error} />
      ) : data === undefined ? (
        <Skeleton width={220} />
      ) : data.results.length === 0 ? (
        <p className="soft small">
          Nobody imported a result of OpenSCAP. <code>seawall compliance import</code> does.
        </p>
      ) : (
        <>
          <ul className="imported-results">
            {data.results.map((result) => (
              <ImportedLine key={result.id} result={result} />
            ))}
          </ul>
          <p className="quiet small">
            Each says what its file says. Seawall proved none of it, and no control counts it.
          </p>
        </>
      )}
    </section>
  );
}

function ImportedLine({ result }: { readonly result: ImportedResult }): ReactNode {
  return (
    <li className={result.age === 'stale' ? 'hatch-row' : undefined}>
      <Link to="/compliance/imported/$id" params={{ id: result.id }}>
        {profileName(result)}
      </Link>{' '}
      <ScanAge result={result} />
      <div className="soft small">{outcomeWords(result.counts)}</div>
    </li>
  );
}

/** When the scan ended, and whether that is too long ago. */
export function ScanAge({ result: { endedAt, age } }: { readonly result: ImportedResult }): ReactNode {
  return (
    <span className="soft small">
      scanned <When moment={endedAt} /> {age === 'stale' && <State state="unknown">Stale</State>}
    </span>
  );
}
