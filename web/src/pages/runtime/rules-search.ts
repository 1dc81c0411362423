import { textOf } from '../../app/search-text.ts';

/** What the address of the runtime rules holds: the one whose form is open, `new` for a new one. */
export interface RuntimeRulesSearch {
  readonly rule?: string | undefined;
}

export function parseRuntimeRulesSearch(raw: Readonly<Record<string, unknown>>): RuntimeRulesSearch {
  return { rule: textOf(raw['rule'], 64) };
}
