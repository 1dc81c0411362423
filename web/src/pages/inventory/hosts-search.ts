import { wordOf } from '../../app/search-text.ts';

/** What the address of the hosts list holds: all of them, or those whose agents are away. */
export interface HostsSearch {
  readonly state?: 'away' | undefined;
}

export function parseHostsSearch(raw: Readonly<Record<string, unknown>>): HostsSearch {
  return { state: wordOf(raw['state'], ['away'] as const) };
}
