import { type ReactNode, useState } from 'react';
import type { Column } from './columns.ts';
import { csvOf } from './csv.ts';
import { download } from './download.ts';
import { count } from './format.ts';
import { Icon } from './icon.tsx';

interface ExportProps<Row> {
  /** Of the list, and of the file. */
  readonly name: string;
  /** Those without a text are not exported. */
  readonly columns: readonly Column<Row>[];
  readonly total: number;
  readonly rows: () => Promise<readonly Row[]>;
}

/** Saves what a list shows as CSV. */
export function ExportButton<Row>({ name, columns, total, rows }: ExportProps<Row>): ReactNode {
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  const write = async (): Promise<void> => {
    const exported = columns.flatMap(({ name: heading, text }) =>
      text === undefined ? [] : [{ name: heading, text }],
    );
    download(`${name.toLowerCase().replaceAll(' ', '-')}.csv`, csvOf(exported, await rows()), 'text/csv');
  };
  const start = (): void => {
    setState('busy');
    write().then(
      () => setState('idle'),
      () => setState('failed'),
    );
  };
  const label = state === 'failed' ? 'Export failed, try again' : `Export ${count(total)} rows as CSV`;
  return (
    <button
      type="button"
      className="icon-btn"
      aria-label={label}
      title={label}
      disabled={total === 0 || state === 'busy'}
      onClick={start}
    >
      <Icon name="export" />
    </button>
  );
}
