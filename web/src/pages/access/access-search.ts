import { wordOf } from '../../app/search-text.ts';

export const accessTabs = ['users', 'tokens', 'sessions', 'provider', 'roles', 'password'] as const;
export type AccessTab = (typeof accessTabs)[number];

/** What the address of the page Access holds. */
export interface AccessSearch {
  readonly tab?: AccessTab | undefined;
}

export function parseAccessSearch(raw: Readonly<Record<string, unknown>>): AccessSearch {
  return { tab: wordOf(raw['tab'], accessTabs) };
}
