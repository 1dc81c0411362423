import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from 'react';
import { AddFilter } from './add-filter.tsx';
import { Icon } from './icon.tsx';
import type { FilterChoice } from './filter-choice.ts';

/** A filter with any value. */
export interface OtherFilter {
  readonly id: string;
  readonly name: string;
  /** The value for people, where it is not the one in the address. */
  readonly label?: (value: string | number) => string;
}

interface FilterBarProps {
  /** Values as they stand in the address. */
  readonly values: Readonly<Record<string, string | number | undefined>>;
  readonly choices: readonly FilterChoice[];
  /** Filters that are set elsewhere on the page, such as by a click on a layer; here they can be removed. */
  readonly others?: readonly OtherFilter[];
  /** Missing: the list has no search. */
  readonly searchFor?: string | undefined;
  readonly change: (id: string, value: string | undefined) => void;
}

/** Search, the filters that are on, and a menu of the others. */
export function FilterBar({ values, choices, others = [], searchFor, change }: FilterBarProps): ReactNode {
  const on = [...choices, ...others].filter((one) => values[one.id] !== undefined);
  return (
    <>
      {searchFor !== undefined && (
        <SearchField
          text={String(values['search'] ?? '')}
          searchFor={searchFor}
          change={(text) => change('search', text)}
        />
      )}
      {on.map((one) => (
        <Chip
          key={one.id}
          name={one.name}
          value={labelOf(one, values[one.id])}
          remove={() => change(one.id, undefined)}
        />
      ))}
      <AddFilter choices={choices.filter((one) => values[one.id] === undefined)} change={change} />
    </>
  );
}

function labelOf(filter: FilterChoice | OtherFilter, value: string | number | undefined): string {
  if (value === undefined) return '';
  if ('options' in filter) return filter.options.find(([one]) => one === value)?.[1] ?? String(value);
  return ('label' in filter ? filter.label?.(value) : undefined) ?? String(value);
}

function Chip(props: { readonly name: string; readonly value: string; readonly remove: () => void }): ReactNode {
  return (
    <button type="button" className="filter" onClick={props.remove}>
      <span>{props.name}</span>
      <b>{props.value}</b>
      <span className="x">
        <span className="sr">, remove this filter</span>
        <Icon name="close" />
      </span>
    </button>
  );
}

/** Milliseconds after the last key before a list is searched. */
const pause = 180;

function SearchField(props: {
  readonly text: string;
  readonly searchFor: string;
  readonly change: (text: string | undefined) => void;
}): ReactNode {
  const { text, searchFor, change } = props;
  const [typed, setTyped] = useState(text);
  const sent = useRef(text);
  useEffect(() => {
    // What comes back from the address is not written over what was typed since.
    if (text !== sent.current) setTyped(text);
    sent.current = text;
  }, [text]);
  useEffect(() => {
    if (typed === text) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      change(typed === '' ? undefined : typed);
    }, pause);
    return () => clearTimeout(timer);
  });
  return (
    <span className="filter-search" style={{ '--hint': searchFor.length } as CSSProperties}>
      <Icon name="search" />
      <input
        type="search"
        aria-label={`Search ${searchFor}`}
        placeholder={searchFor}
        maxLength={256}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </span>
  );
}
