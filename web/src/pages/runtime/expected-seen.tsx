import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Detection, Dimension } from '#runtime/contract.ts';
import { State } from '../../ui/state-mark.tsx';
import type { IncidentStory } from './incident-story.ts';
import { OutcomeMark } from './outcome-mark.tsx';
import '../../ui/plain-table.css';

const dimensions: readonly (readonly [Dimension, string])[] = [
  ['process', 'Process'],
  ['network', 'Network'],
  ['file', 'File'],
  ['syscall', 'System calls'],
];
/** Lines of the model that are shown before the link to the rest. */
const shown = 6;

interface Props {
  readonly story: IncidentStory;
  readonly detections: readonly Detection[];
}

/** What the model expects in each dimension, beside what was seen. */
export function ExpectedSeen({ story, detections }: Props): ReactNode {
  const { model } = story.incident;
  return (
    <section className="section flush">
      <header>
        <h2>Expected and seen</h2>
        {model !== undefined && (
          <Link className="small end" to="/runtime/$id" params={{ id: model }}>
            The model
          </Link>
        )}
      </header>
      <table className="as-cards plain expected" aria-label="Expected and seen">
        <thead>
          <tr>
            {['Dimension', 'Expected', 'Seen', 'Outcome'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {dimensions.map(([dimension, name]) => (
            <DimensionRow
              key={dimension}
              name={name}
              expected={story.expected[dimension]}
              seen={detections.filter((one) => one.dimension === dimension)}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly expected: readonly string[] | undefined;
  readonly seen: readonly Detection[];
}

function DimensionRow({ name, expected, seen }: RowProps): ReactNode {
  const worst = seen.find(({ outcome }) => outcome === 'observed') ?? seen[0];
  const words = [...new Set(seen.map((one) => one.seen))];
  return (
    <tr>
      <th scope="row">{name}</th>
      <td data-name="Expected">
        {expected === undefined ? <State state="unknown">Unknown: nothing observed</State> : <Lines lines={expected} />}
      </td>
      <td data-name="Seen">
        {words.length === 0 ? (
          <span className="quiet">nothing</span>
        ) : (
          words.slice(0, shown).map((word) => (
            <mark key={word} className="breakable">
              {word}
            </mark>
          ))
        )}
      </td>
      <td data-name="Outcome">
        {worst === undefined ? (
          expected === undefined ? (
            <span className="quiet">unknown</span>
          ) : (
            <span className="quiet">none</span>
          )
        ) : (
          <OutcomeMark outcome={worst.outcome} />
        )}
      </td>
    </tr>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }): ReactNode {
  if (lines.length === 0) return <span className="quiet">nothing</span>;
  return (
    <>
      {lines.slice(0, shown).map((line) => (
        <code key={line} className="expected-line breakable">
          {line}
        </code>
      ))}
      {lines.length > shown && <span className="quiet small">{lines.length - shown} more</span>}
    </>
  );
}
