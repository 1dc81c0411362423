import { textOf } from '../../app/search-text.ts';

/** What the address of the list of applications holds. */
export interface ApplicationsSearch {
  readonly search?: string | undefined;
}

export function parseApplicationsSearch(raw: Readonly<Record<string, unknown>>): ApplicationsSearch {
  return { search: textOf(raw['search']) };
}
