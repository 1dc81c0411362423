import type { ReactNode } from 'react';
import type { FieldText } from '#rules/contract.ts';
import type { Settings } from './field-shape.ts';
import { Icon } from './icon.tsx';

interface RowsProps {
  readonly text: FieldText;
  readonly items: readonly Settings[];
  readonly change: (items: readonly Settings[]) => void;
  readonly problem: string | undefined;
  /** The fields of one item. */
  readonly children: (item: Settings, index: number, put: (item: Settings) => void) => ReactNode;
}

/** A list of objects, a row for each. */
export function RowList({ text, items, change, problem, children }: RowsProps): ReactNode {
  const { label, help, item: word = 'item', start = {} } = text;
  return (
    <div className="setting-rows" role="group" aria-label={label}>
      <ul>
        {items.map((item, index) => (
          <li key={index} className="setting-row">
            {children(item, index, (next) => change(items.with(index, next)))}
            <button
              type="button"
              className="icon-btn"
              aria-label={`Remove ${word} ${nameOf(item) || index + 1}`}
              disabled={items.length === 1}
              onClick={() => change(items.toSpliced(index, 1))}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      {problem !== undefined && <p className="problem small">{problem}</p>}
      <button type="button" className="btn plain" onClick={() => change([...items, start])}>
        <Icon name="plus" />
        Another {word}
      </button>
      {help !== undefined && <p className="quiet small">{help}</p>}
    </div>
  );
}

function nameOf({ name }: Settings): string {
  return typeof name === 'string' ? name : '';
}
