import { ImageSort, ImageState } from '#explorer/contract.ts';
import { textOf, wordOf } from '../../app/search-text.ts';
import { parseScopeFilter, type ScopeFilter } from '../../app/scope-filter.ts';

/** What the address of the images list holds. `unscanned` is the list of what no scan speaks for. */
export interface ImagesSearch extends ScopeFilter {
  readonly search?: string | undefined;
  readonly verdict?: ImageState | 'unscanned' | undefined;
  readonly sort?: ImageSort | undefined;
}

export function parseImagesSearch(raw: Readonly<Record<string, unknown>>): ImagesSearch {
  return {
    ...parseScopeFilter(raw),
    search: textOf(raw['search']),
    verdict: wordOf(raw['verdict'], [...ImageState.options, 'unscanned']),
    sort: wordOf(raw['sort'], ImageSort.options),
  };
}
