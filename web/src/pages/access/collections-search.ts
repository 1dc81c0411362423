import { textOf } from '../../app/search-text.ts';

/** What the address of the page Collections holds. */
export interface CollectionsSearch {
  /** Id of the one that is open; `new` begins one. */
  readonly collection?: string | undefined;
}

export function parseCollectionsSearch(raw: Readonly<Record<string, unknown>>): CollectionsSearch {
  return { collection: textOf(raw['collection'], 64) };
}
