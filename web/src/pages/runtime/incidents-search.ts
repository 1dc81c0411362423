import { textOf, wordOf } from '../../app/search-text.ts';

const states = ['open', 'acknowledged', 'closed'] as const;

/** What the address of the list of incidents holds. */
export interface IncidentsSearch {
  readonly search?: string | undefined;
  readonly state?: (typeof states)[number] | undefined;
  readonly container?: string | undefined;
  readonly image?: string | undefined;
}

export function parseIncidentsSearch(raw: Readonly<Record<string, unknown>>): IncidentsSearch {
  return {
    search: textOf(raw['search'], 256),
    state: wordOf(raw['state'], states),
    container: textOf(raw['container'], 64),
    image: textOf(raw['image'], 71),
  };
}
