import type { ImageSort, ImageState } from '#explorer/contract.ts';
import { keyOf, textOf, wordOf } from '../../app/search-text.ts';
import { parseScopeFilter, type ScopeFilter } from '../../app/scope-filter.ts';
import { verdictWords } from '../../ui/state-mark.tsx';

const sorts: Readonly<Record<ImageSort, true>> = { risk: true, name: true, scanned: true, verdict: true };

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
    verdict: keyOf(raw['verdict'], verdictWords) ?? wordOf(raw['verdict'], ['unscanned']),
    sort: keyOf(raw['sort'], sorts),
  };
}
