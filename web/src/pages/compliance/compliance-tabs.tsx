import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMe } from '../../app/session.ts';

const tabs = [
  { id: 'controls', name: 'Controls', to: '/compliance', search: {} },
  { id: 'checks', name: 'Checks', to: '/compliance/checks', search: { view: undefined } },
  { id: 'exceptions', name: 'Exceptions', to: '/compliance/checks', search: { view: 'exceptions' } },
  { id: 'attestations', name: 'Attestations', to: '/compliance/attestations', search: {} },
  { id: 'imported', name: 'Imported results', to: '/compliance/imported', search: {} },
  { id: 'templates', name: 'Templates', to: '/compliance/templates', search: {} },
  { id: 'changes', name: 'What changed', to: '/compliance/changes', search: {} },
] as const;

interface TabsProps {
  readonly current: (typeof tabs)[number]['id'];
  /** What of the address stays with a tab that knows it. */
  readonly kept?: { readonly template?: string | undefined; readonly application?: string | undefined };
}

/** The pages of Monitor › Compliance. */
export function ComplianceTabs({ current, kept = {} }: TabsProps): ReactNode {
  // Attestations hold for the whole estate, and the console shows them to nobody whose view is scoped.
  const isScoped = useMe()?.collections !== undefined;
  const shown = tabs.filter(({ id }) => !isScoped || id !== 'attestations' || id === current);
  return (
    <nav className="tabs" aria-label="Views of compliance">
      {shown.map(({ id, name, to, search }) => (
        <Link
          key={id}
          to={to}
          search={{ ...(id === 'controls' || id === 'changes' ? kept : {}), ...search } as never}
          activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
          {...(id === current && { 'aria-current': 'page' as const })}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
