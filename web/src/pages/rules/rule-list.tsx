import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ScopedRule } from '#rules/contract.ts';
import { Failure } from '../../ui/failure.tsx';
import { Icon } from '../../ui/icon.tsx';

export interface ListProps<InPlace extends { readonly rule: ScopedRule }> {
  readonly rules: readonly InPlace[];
  readonly opened: string | undefined;
  readonly open: (rule: string) => void;
  readonly mayWrite: boolean;
  readonly putInOrder: (order: string[]) => Promise<unknown>;
  /** Reads the list again. */
  readonly changed: () => Promise<unknown>;
  /** What a rule says, in one sentence. */
  readonly sentence: (rule: InPlace['rule']) => string;
  /** What it holds and did, after its scope. */
  readonly did: (inPlace: InPlace) => string;
}

/** Rules in their order; those who may write move them. */
export function RuleList<InPlace extends { readonly rule: ScopedRule }>(props: ListProps<InPlace>): ReactNode {
  const { rules, opened, open, mayWrite, putInOrder, changed, sentence, did } = props;
  const ordering = useMutation({ mutationFn: putInOrder, onSettled: changed });
  const ids = rules.map(({ rule }) => rule.id);
  const move = (from: number, by: number): void => {
    const id = ids[from];
    if (id !== undefined) ordering.mutate(ids.toSpliced(from, 1).toSpliced(from + by, 0, id));
  };
  return (
    <section className="section bare">
      {ordering.isError && <Failure error={ordering.error} />}
      <ol className="rule-list" aria-label="Rules in their order">
        {rules.map((one, index) => (
          <RuleRow
            key={one.rule.id}
            rule={one.rule}
            sentence={sentence(one.rule)}
            did={did(one)}
            place={index}
            last={rules.length - 1}
            opened={one.rule.id === opened}
            open={() => open(one.rule.id)}
            move={mayWrite ? (by) => move(index, by) : undefined}
          />
        ))}
      </ol>
    </section>
  );
}

interface RowProps {
  readonly rule: ScopedRule;
  readonly sentence: string;
  readonly did: string;
  readonly place: number;
  readonly last: number;
  readonly opened: boolean;
  readonly open: () => void;
  readonly move: ((by: number) => void) | undefined;
}

function RuleRow({ rule, sentence, did, place, last, opened, open, move }: RowProps): ReactNode {
  return (
    <li aria-current={opened || undefined} className={rule.state === 'off' ? 'off' : undefined}>
      <span className="quiet num">{place + 1}</span>
      <div>
        <h2>
          <button type="button" className="btn plain link" onClick={open}>
            {rule.name}
          </button>
          {rule.state === 'off' && <span className="mark dashed">disabled</span>}
        </h2>
        <p className="small soft">{sentence}</p>
        <p className="small quiet">
          Scope: {rule.collections === undefined ? 'everything' : rule.collections.join(', ')}; {did}
        </p>
      </div>
      {move !== undefined && place < last && (
        <span className="actions">
          <button
            type="button"
            className="icon-btn"
            aria-label={`Move ${rule.name} up`}
            disabled={place === 0}
            onClick={() => move(-1)}
          >
            <Icon name="up" />
          </button>
          <button
            type="button"
            className="icon-btn"
            aria-label={`Move ${rule.name} down`}
            disabled={place >= last - 1}
            onClick={() => move(1)}
          >
            <Icon name="down" />
          </button>
        </span>
      )}
    </li>
  );
}
