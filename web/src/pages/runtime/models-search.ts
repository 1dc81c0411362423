import { textOf, wordOf } from '../../app/search-text.ts';

export const modelStates = ['learning', 'active', 'relearning', 'manual', 'archived'] as const;

/** What the address of the list of models holds. */
export interface ModelsSearch {
  readonly search?: string | undefined;
  readonly state?: (typeof modelStates)[number] | undefined;
  readonly image?: string | undefined;
  /** `day`: activated in the last 24 hours. */
  readonly activated?: 'day' | undefined;
}

export function parseModelsSearch(raw: Readonly<Record<string, unknown>>): ModelsSearch {
  return {
    search: textOf(raw['search'], 256),
    state: wordOf(raw['state'], modelStates),
    image: textOf(raw['image'], 71),
    activated: wordOf(raw['activated'], ['day'] as const),
  };
}
