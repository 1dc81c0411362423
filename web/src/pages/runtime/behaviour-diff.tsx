import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { getBehaviourDiff, type Entry } from '#runtime/contract.ts';
import { reading } from '../../api.ts';
import { counted } from '../../ui/format.ts';
import { lineWords } from './model-words.ts';

/** What this version does that the one before did not, and what is not seen any more. */
export function BehaviourDiff({ id }: { readonly id: string }): ReactNode {
  const { data } = useQuery(reading(getBehaviourDiff, { params: { id } }));
  return (
    <section className="section">
      <header>
        <h2>Behaviour diff to the previous version</h2>
      </header>
      {data === undefined ? (
        <p aria-busy="true" />
      ) : data.from === undefined ? (
        <p className="soft">
          No earlier version of this image ran here. A new version inherits what its unchanged programs do; what it does
          besides appears here.
        </p>
      ) : (
        <div className="code" tabIndex={0} role="group" aria-label="Behaviour difference">
          <span className="file">
            {counted(data.inherited, 'entry', 'entries')} inherited from {data.from.slice(7, 19)}
          </span>
          {data.executables.map(({ path, change }) => (
            <span
              key={`${change} ${path}`}
              className={change === 'gone' ? 'del' : change === 'new' ? 'add' : 'context'}
            >
              program {path} {change === 'libraries-changed' ? 'libraries changed' : change}
            </span>
          ))}
          <Lines items={data.added as readonly Entry[]} sign="add" />
          <Lines items={data.pending as readonly Entry[]} sign="context" />
          <Lines items={data.gone as readonly Entry[]} sign="del" />
        </div>
      )}
    </section>
  );
}

function Lines({
  items,
  sign,
}: {
  readonly items: readonly Entry[];
  readonly sign: 'add' | 'del' | 'context';
}): ReactNode {
  return items.map((entry) => (
    <span key={entry.key} className={sign}>
      {entry.fact.dimension} {entry.fact.path} {lineWords(entry)}
      {entry.state === 'pending' && ', to be confirmed'}
    </span>
  ));
}
