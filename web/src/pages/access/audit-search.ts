import { countOf, textOf } from '../../app/search-text.ts';

/** What the address of the audit trail holds: what is looked for, and the entry to go on from. */
export interface AuditSearch {
  readonly search?: string | undefined;
  readonly before?: number | undefined;
}

export function parseAuditSearch(raw: Readonly<Record<string, unknown>>): AuditSearch {
  return { search: textOf(raw['search']), before: countOf(raw['before']) };
}
