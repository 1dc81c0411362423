import type { ReactNode } from 'react';
import type { StoppedEntry } from '#runtime/contract.ts';
import { When } from '../../ui/marks.tsx';
import { cautionMarks, partWords, seenWords, starterWords } from './review-words.ts';

interface Props {
  readonly entry: StoppedEntry;
  /** Missing: nothing can be decided here. */
  readonly decide?: (entry: StoppedEntry, decision: 'allow' | 'deny') => void;
}

/** One entry that prevent would have stopped: program, who started it, how often, where, by which detector. */
export function StoppedRow({ entry, decide }: Props): ReactNode {
  const { path, shape, file, caution, part, lastAt, detectors, id, key, decidedBy } = entry;
  return (
    <li>
      <div>
        <p className="breakable">
          <span className="mono">{file === undefined ? path : `${path} runs ${file}`}</span>{' '}
          <span className="soft">{starterWords(entry)}</span>
          {caution !== undefined && <span className="mark dashed">{cautionMarks[caution]}</span>}
        </p>
        <p className="small quiet breakable">
          {seenWords(entry)}
          {lastAt !== undefined && (
            <>
              , last <When moment={lastAt} />
            </>
          )}
          {placeWords(entry)}. Would be prevented: {partWords[part]};{' '}
          {detectors.length === 0 ? 'no alert in these days' : `detected by ${detectors.join(', ')}`}.
          {shape !== undefined && (
            <>
              {' '}
              <code>{shape}</code>
            </>
          )}
          {decidedBy !== undefined && ` Denied by ${decidedBy}.`}
          {key === undefined && ' No entry can allow it.'}
          {key !== undefined &&
            id === undefined &&
            ' The model has no such entry yet: it comes with the next report of its host.'}
        </p>
      </div>
      {decide !== undefined && id !== undefined && (
        <div className="actions">
          {decidedBy === undefined && (
            <button type="button" className="btn" onClick={() => decide(entry, 'deny')}>
              Deny…<span className="sr"> {path}</span>
            </button>
          )}
          <button type="button" className="btn" onClick={() => decide(entry, 'allow')}>
            Allow…<span className="sr"> {path}</span>
          </button>
        </div>
      )}
    </li>
  );
}

function placeWords({ containers: [first], containerCount }: StoppedEntry): string {
  if (first === undefined) return '';
  return ` in ${first.name} on ${first.host}${containerCount > 1 ? ` and ${containerCount - 1} more` : ''}`;
}
