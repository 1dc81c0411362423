import { textOf, wordOf } from '../../app/search-text.ts';

/**
 * What the address of the hosts list holds: all of them, those whose agents are away or that are not known to be
 * protected, or what covers them; and the one that is open.
 */
export interface HostsSearch {
  readonly state?: 'away' | 'unprotected' | 'coverage' | undefined;
  readonly search?: string | undefined;
  readonly host?: string | undefined;
}

export function parseHostsSearch(raw: Readonly<Record<string, unknown>>): HostsSearch {
  return {
    state: wordOf(raw['state'], ['away', 'unprotected', 'coverage'] as const),
    search: textOf(raw['search']),
    host: textOf(raw['host'], 400),
  };
}
