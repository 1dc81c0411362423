import { textOf } from '../../app/search-text.ts';

/** What the address of a list of rules holds: the one whose form is open, `new` for a new one. */
export interface RulesSearch {
  readonly rule?: string | undefined;
  /** Of a new runtime rule: the field that prevents, and its name. */
  readonly prevent?: string | undefined;
  readonly name?: string | undefined;
  /** Of compliance rules: their lists instead of them, and the one that is open; `all`: none. */
  readonly list?: string | undefined;
  /** Of compliance rules: checks that were written here instead of them, and the one that is open; `all`: none, `new`: a new one. */
  readonly check?: string | undefined;
}

export function parseRulesSearch(raw: Readonly<Record<string, unknown>>): RulesSearch {
  return {
    rule: textOf(raw['rule'], 64),
    prevent: textOf(raw['prevent'], 16),
    name: textOf(raw['name'], 200),
    list: textOf(raw['list'], 64),
    check: textOf(raw['check'], 64),
  };
}
