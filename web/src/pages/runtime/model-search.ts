import { wordOf } from '../../app/search-text.ts';

export const groupings = ['program', 'package', 'deploy'] as const;
export const lookBacks = ['7', '14', '42'] as const;

/** What the address of one model holds. */
export interface ModelSearch {
  /** What lines of the review queue are grouped by. */
  readonly by?: (typeof groupings)[number] | undefined;
  /** Days that are looked back at what prevent would have stopped. */
  readonly days?: (typeof lookBacks)[number] | undefined;
}

export function parseModelSearch(raw: Readonly<Record<string, unknown>>): ModelSearch {
  return { by: wordOf(raw['by'], groupings), days: wordOf(raw['days'], lookBacks) };
}
