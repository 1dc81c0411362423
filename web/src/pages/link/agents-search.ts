import { textOf, wordOf } from '../../app/search-text.ts';

export const agentStates = ['live', 'silent', 'concern'] as const;

/** What the address of the agents page holds: those in use, those that were, or the tokens that more join by. */
export interface AgentsSearch {
  readonly tab?: 'former' | 'tokens' | undefined;
  readonly search?: string | undefined;
  /** Silent ones, or those with something to look at. */
  readonly state?: (typeof agentStates)[number] | undefined;
}

export function parseAgentsSearch(raw: Readonly<Record<string, unknown>>): AgentsSearch {
  return {
    tab: wordOf(raw['tab'], ['former', 'tokens'] as const),
    search: textOf(raw['search']),
    state: wordOf(raw['state'], agentStates),
  };
}
