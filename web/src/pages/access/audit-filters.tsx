import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listAuditActors } from '#access/contract.ts';
import { reading } from '../../api.ts';
import { FilterBar } from '../../ui/filter-bar.tsx';
import type { Option } from '../../ui/filter-choice.ts';
import type { AuditSearch } from './audit-search.ts';

const route = getRouteApi('/inside/audit');

/** Search, person and days: what the trail is narrowed to. */
export function AuditFilters({ search }: { readonly search: AuditSearch }): ReactNode {
  const navigate = route.useNavigate();
  const change = (id: string, value: string | undefined): void =>
    void navigate({
      search: (now) => ({ ...now, before: undefined, [id]: value }),
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <FilterBar
        values={{ search: search.search, actor: search.actor }}
        choices={[{ id: 'actor', name: 'Person', useOptions: useActors }]}
        searchFor="action, target or hash"
        change={change}
      />
      <Day label="From" value={search.from} change={(day) => change('from', day)} />
      <Day label="To" value={search.to} change={(day) => change('to', day)} />
    </>
  );
}

function useActors(): readonly Option[] | undefined {
  const actors = useQuery(reading(listAuditActors)).data?.actors;
  return actors && [...new Set(actors.map(({ name }) => name))].map((name) => [name, name] as const);
}

interface DayProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly change: (day: string | undefined) => void;
}

function Day({ label, value, change }: DayProps): ReactNode {
  return (
    <label className="filter-day">
      {label}
      <input
        type="date"
        value={value ?? ''}
        onChange={({ currentTarget }) => change(currentTarget.value === '' ? undefined : currentTarget.value)}
      />
    </label>
  );
}
