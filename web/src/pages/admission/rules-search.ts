import { textOf } from '../../app/search-text.ts';

/** What the address of the admission rules holds: the one whose form is open, `new` for a new one. */
export interface AdmissionRulesSearch {
  readonly rule?: string | undefined;
}

export function parseAdmissionRulesSearch(raw: Readonly<Record<string, unknown>>): AdmissionRulesSearch {
  return { rule: textOf(raw['rule'], 64) };
}
