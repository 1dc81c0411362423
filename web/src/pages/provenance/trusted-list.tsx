import { type FormEvent, type ReactNode, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { getTrust } from '#provenance/contract.ts';
import { reading } from '../../api.ts';
import { type Asked, AskOnce } from '../../ui/ask-once.tsx';
import type { Column } from '../../ui/columns.ts';
import { Failure } from '../../ui/failure.tsx';
import { Icon } from '../../ui/icon.tsx';
import { When } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';

interface Trusted {
  readonly id: string;
  readonly name: string;
  readonly savedAt: string;
  readonly savedBy: string;
}

interface ListProps<Row extends Trusted> {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly change: 'allowed' | 'refused';
  /** What follows when one is removed. */
  readonly consequence: string;
  readonly remove: (row: Row) => Promise<unknown>;
  /** What is said while there is none. */
  readonly empty: string;
  readonly children?: ReactNode;
}

/** Things of one kind that are trusted, with who saved them, and a form for another one. */
export function TrustedList<Row extends Trusted>(props: ListProps<Row>): ReactNode {
  const { title, rows, columns, change, empty, children } = props;
  const queries = useQueryClient();
  const [asked, askFor] = useState<Asked>();
  const remove = (row: Row): void =>
    askFor({
      title: `Remove ${row.name} from trust?`,
      consequence: props.consequence,
      act: 'Remove',
      run: async () => {
        await props.remove(row);
        await queries.invalidateQueries({ queryKey: reading(getTrust).queryKey });
      },
    });
  return (
    <section className="section flush" aria-label={title}>
      <header>
        <h2>{title}</h2>
      </header>
      <PlainTable
        name={title}
        rows={rows}
        columns={[...columns, ...shared(change === 'allowed' ? remove : undefined)]}
        keyOf={({ id }) => id}
        empty={<p className="quiet below">{empty}</p>}
      />
      {change === 'allowed' && <div className="below">{children}</div>}
      <AskOnce asked={asked} close={() => askFor(undefined)} />
    </section>
  );
}

function shared<Row extends Trusted>(remove: ((row: Row) => void) | undefined): readonly Column<Row>[] {
  const saved: Column<Row> = {
    id: 'saved',
    name: 'Saved',
    className: 'soft',
    cell: (row) => (
      <span>
        <When moment={row.savedAt} /> by {row.savedBy}
      </span>
    ),
  };
  if (remove === undefined) return [saved];
  const end: Column<Row> = {
    id: 'remove',
    name: 'Remove',
    quietHead: 'yes',
    className: 'end',
    cell: (row) => (
      <button type="button" className="icon-btn" aria-label={`Remove ${row.name}`} onClick={() => remove(row)}>
        <Icon name="close" />
      </button>
    ),
  };
  return [saved, end];
}

interface FormProps {
  readonly act: string;
  readonly save: () => void;
  readonly saving: { readonly isPending: boolean; readonly isError: boolean; readonly error: Error | null };
  readonly children: ReactNode;
}

/** The form below a list, folded until it is wanted. */
export function TrustForm({ act, save, saving, children }: FormProps): ReactNode {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save();
  };
  return (
    <details className="folded">
      <summary>{act}</summary>
      <form className="form" onSubmit={submit}>
        {children}
        {saving.isError && saving.error !== null && <Failure error={saving.error} />}
        <div className="actions">
          <button type="submit" className="btn primary" disabled={saving.isPending}>
            {act}
          </button>
        </div>
      </form>
    </details>
  );
}
