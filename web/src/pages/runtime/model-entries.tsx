import { type ReactNode, useState } from 'react';
import type { Entry } from '#runtime/contract.ts';
import { count } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import type { ReadModel } from './read-model.ts';
import { lineWords, placeWords, sourceWords } from './model-words.ts';
import { SourceMark } from './source-mark.tsx';

/** States whose lines are allowed. */
const allowed: readonly Entry['state'][] = ['confirmed', 'pending', 'unconfirmed'];
/** Entries that are shown before the rest is asked for. */
const first = 12;

/** What the model allows, one column for each dimension. */
export function ModelEntries({ read }: { readonly read: ReadModel }): ReactNode {
  const lines = read.model.evidence.items.filter(({ state }) => allowed.includes(state));
  return (
    <>
      <div className="legend-row small">
        <span className="label">Source</span>
        {(['static', 'learned', 'inherited', 'user'] as const).map((source) => (
          <span key={source} className="source-word">
            <SourceMark source={source} /> {sourceWords[source]}
          </span>
        ))}
        <span className="quiet end">Model + allowed − denied = policy</span>
      </div>
      <h2 className="sr">What the model allows</h2>
      <div className="dimensions">
        <Lines name="Process" lines={lines.filter(({ fact }) => fact.dimension === 'process')} read={read} />
        <Lines name="File" lines={lines.filter(({ fact }) => fact.dimension === 'file')} read={read} />
      </div>
    </>
  );
}

interface LinesProps {
  readonly name: string;
  readonly lines: readonly Entry[];
  readonly read: ReadModel;
}

function Lines({ name, lines, read }: LinesProps): ReactNode {
  const [open, setOpen] = useState(false);
  const shown = open ? lines : lines.slice(0, first);
  return (
    <section className="dimension">
      <header>
        <h3>{name}</h3>
        <span className="small quiet">{count(lines.length)}</span>
      </header>
      {lines.length === 0 && <p className="small quiet">No entry yet.</p>}
      <ul>
        {shown.map((entry) => (
          <Line key={entry.key} entry={entry as Entry} read={read} />
        ))}
      </ul>
      {lines.length > shown.length && (
        <button type="button" className="btn plain small" onClick={() => setOpen(true)}>
          {count(lines.length - shown.length)} more
        </button>
      )}
    </section>
  );
}

function Line({ entry, read }: { readonly entry: Entry; readonly read: ReadModel }): ReactNode {
  const { path } = entry.fact;
  const owner = read.packages[path];
  const hash = read.executables[path]?.sha256;
  return (
    <li className="line">
      <SourceMark source={entry.source} />
      <div>
        <p className="mono clip" title={path}>
          {path}
          {entry.state !== 'confirmed' && <span className="mark dashed">{entry.state}</span>}
        </p>
        <p className="micro quiet clip">
          {[owner, hash && `${hash.slice(0, 4)}…${hash.slice(-4)}`, lineWords(entry), placeWords(entry)]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <span className="micro quiet">{entry.lastSeenAt && <When moment={entry.lastSeenAt} />}</span>
    </li>
  );
}
