import { wordOf } from '../../app/search-text.ts';

/** What the address of the agents page holds: those in use, those that were, or the tokens that more join by. */
export interface AgentsSearch {
  readonly tab?: 'former' | 'tokens' | undefined;
}

export function parseAgentsSearch(raw: Readonly<Record<string, unknown>>): AgentsSearch {
  return { tab: wordOf(raw['tab'], ['former', 'tokens'] as const) };
}
