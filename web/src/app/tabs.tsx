import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { count } from '../ui/format.ts';

/** One tab: what it writes into the address, its name, and how many rows its list has; `null`: it counts nothing. */
export type Tab = readonly [value: string | undefined, name: string, number: number | undefined | null];

interface TabsProps {
  /** For screen readers. */
  readonly name: string;
  /** The field of the address that a tab sets. */
  readonly field: string;
  /** The rest of the address that stays. */
  readonly search: object;
  readonly tabs: readonly Tab[];
  readonly id?: string;
  readonly className?: string;
}

/** Views of one page, kept in its address. A number that is on its way is three dots. */
export function Tabs({ name, field, search, tabs, id, className = '' }: TabsProps): ReactNode {
  const chosen = (search as Readonly<Record<string, unknown>>)[field];
  return (
    <nav className={`tabs ${className}`.trim()} aria-label={name} id={id}>
      {tabs.map(([value, label, number]) => (
        <Link
          key={label}
          to="."
          search={{ ...search, [field]: value } as never}
          resetScroll={false}
          activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
          {...(value === chosen && { 'aria-current': 'page' })}
        >
          {label}
          {number !== null && <b>{number === undefined ? '…' : count(number)}</b>}
        </Link>
      ))}
    </nav>
  );
}
