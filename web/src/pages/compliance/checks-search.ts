import { textOf } from '../../app/search-text.ts';

/** What the address of the checks holds: their filters, the check that is open, and which of its subjects are listed. */
export interface ChecksSearch {
  readonly search?: string | undefined;
  readonly template?: string | undefined;
  readonly severity?: string | undefined;
  readonly subject?: string | undefined;
  /** Checks of which some subject stands so. */
  readonly has?: string | undefined;
  readonly check?: string | undefined;
  readonly status?: string | undefined;
  /** `exceptions` or `own`: these instead of checks; missing: checks. */
  readonly view?: string | undefined;
  /** Id of the exception, or of the own check, that is open; `new` for a new check. */
  readonly open?: string | undefined;
}

/** Words that name nothing filter everything out, and the list says so. */
export function parseChecksSearch(raw: Readonly<Record<string, unknown>>): ChecksSearch {
  const fields = 'search template severity subject has check status view open'.split(' ');
  return Object.fromEntries(fields.map((field) => [field, textOf(raw[field])]));
}
